package io.yiwang.dashboard.security;

import java.time.Duration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Checks passwords, of the login page and of HTTP Basic alike, behind the throttle. */
final class ThrottledAuthentication implements AuthenticationProvider {

    /** Too many wrong passwords: none is even looked at before {@code wait} is over. */
    static final class Throttled extends AuthenticationException {
        private static final long serialVersionUID = 1;
        private final Duration left;

        Throttled(Duration wait) {
            super("too many wrong passwords; try again in " + Math.max(1, wait.toSeconds()) + " s");
            this.left = wait;
        }

        Duration left() {
            return left;
        }
    }

    private final AuthenticationProvider passwords;
    private final LoginThrottle throttle;

    ThrottledAuthentication(AuthenticationProvider passwords, LoginThrottle throttle) {
        this.passwords = passwords;
        this.throttle = throttle;
    }

    @Override
    public Authentication authenticate(Authentication request) {
        var account = request.getName();
        var address =
                request.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        var wait = throttle.wait(account, address);
        if (!wait.isZero()) {
            throw new Throttled(wait);
        }
        try {
            var result = passwords.authenticate(request);
            throttle.succeeded(account, address);
            return result;
        } catch (BadCredentialsException e) {
            throttle.failed(account, address);
            throw e;
        }
    }

    @Override
    public boolean supports(Class<?> type) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
    }
}
