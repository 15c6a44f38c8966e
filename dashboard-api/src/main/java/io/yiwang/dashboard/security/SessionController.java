package io.yiwang.dashboard.security;

import io.yiwang.dashboard.DashboardMain;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.dashboard.users.User;
import io.yiwang.model.clock.CityClock;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Signing in and out of a browser. */
@RestController
class SessionController {
    record Credentials(@Nullable String user, @Nullable String password) {}

    /** Which ways of notification are configured. */
    record Channels(boolean mail, boolean webhook) {}

    /**
     * @param serverTime by the wall clock
     * @param clock the city's, null when it is the wall clock
     */
    record Session(
            User user,
            Instant serverTime,
            ZoneId zone,
            @Nullable Clock clock,
            String version,
            Channels channels) {}

    /** At {@code anchor} it was {@code from} in the city; its clock runs {@code speed} times as fast. */
    record Clock(Instant from, Instant anchor, double speed) {}

    private final AuthenticationManager passwords;
    private final SecurityContextRepository sessions;
    private final CsrfTokenRepository csrfTokens;
    private final AuthenticationEntryPoint refusals;
    private final Audit audit;
    private final DashboardSettings settings;
    private final InstantSource clock;
    private final CityClock cityClock;

    SessionController(
            AuthenticationManager passwords,
            SecurityContextRepository sessions,
            CsrfTokenRepository csrfTokens,
            JsonMapper json,
            Audit audit,
            DashboardSettings settings,
            InstantSource clock,
            CityClock cityClock) {
        this.passwords = passwords;
        this.sessions = sessions;
        this.csrfTokens = csrfTokens;
        this.refusals = new Refusals(json);
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
        this.cityClock = cityClock;
    }

    /** Signs in; the session is a new one, whatever cookie came along. Wrong: 401, too often wrong: 429. */
    @PostMapping(path = "/api/session", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Nullable
    Session signIn(@RequestBody Credentials credentials, HttpServletRequest request, HttpServletResponse response)
            throws IOException, jakarta.servlet.ServletException {
        if (credentials.user() == null || credentials.password() == null) {
            throw Problem.badRequest("BAD_CREDENTIALS", "user and password are needed");
        }
        try {
            var token = UsernamePasswordAuthenticationToken.unauthenticated(credentials.user(), credentials.password());
            token.setDetails(new WebAuthenticationDetailsSource().buildDetails(request));
            var authentication = passwords.authenticate(token);
            var old = request.getSession(false);
            if (old != null) {
                old.invalidate();
            }
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(authentication);
            SecurityContextHolder.setContext(context);
            sessions.saveContext(context, request, response);
            csrfTokens.saveToken(csrfTokens.generateToken(request), request, response);
            audit.record(authentication.getName(), "session.open", authentication.getName(), request.getRemoteAddr());
            return session((SignedIn) authentication.getPrincipal());
        } catch (ThrottledAuthentication.Throttled e) {
            refusals.commence(request, response, e);
            return null;
        } catch (AuthenticationException e) {
            throw Problem.unauthorized("BAD_CREDENTIALS", "user or password is wrong");
        }
    }

    @GetMapping("/api/session")
    Session session(@AuthenticationPrincipal SignedIn who) {
        return new Session(
                who.user(),
                clock.instant(),
                settings.zone(),
                cityClock.isWallClock() ? null : new Clock(cityClock.from(), cityClock.anchor(), cityClock.speed()),
                DashboardMain.version(),
                new Channels(
                        settings.channels().mail().configured(),
                        settings.channels().webhook().configured()));
    }

    @DeleteMapping("/api/session")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void signOut(HttpServletRequest request, HttpServletResponse response) {
        var session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
        SecurityContextHolder.clearContext();
        csrfTokens.saveToken(null, request, response);
    }
}
