package io.yiwang.dashboard.security;

import io.yiwang.dashboard.security.ThrottledAuthentication.Throttled;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;
import tools.jackson.databind.json.JsonMapper;

/** How refused requests are answered: the same problem shape as everywhere. */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {
    private final JsonMapper json;

    Refusals(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException refusal)
            throws IOException {
        if (refusal instanceof Throttled throttled) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER,
                    String.valueOf(Math.max(1, throttled.left().toSeconds())));
            answer(response, HttpStatus.TOO_MANY_REQUESTS, "TOO_MANY_ATTEMPTS", refusal.getMessage());
        } else if (request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
            // Only who speaks Basic is told about Basic: a browser would open its own password window.
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"yiwang\", charset=\"UTF-8\"");
            answer(response, HttpStatus.UNAUTHORIZED, "BAD_CREDENTIALS", "user or password is wrong");
        } else {
            answer(
                    response,
                    HttpStatus.UNAUTHORIZED,
                    "NOT_SIGNED_IN",
                    "sign in first: POST /api/session or HTTP Basic");
        }
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException refusal)
            throws IOException {
        if (refusal instanceof CsrfException) {
            answer(response, HttpStatus.FORBIDDEN, "CSRF", "the header X-XSRF-TOKEN must repeat the cookie XSRF-TOKEN");
        } else {
            answer(response, HttpStatus.FORBIDDEN, "FORBIDDEN", "your roles do not allow this");
        }
    }

    void answer(HttpServletResponse response, HttpStatus status, String code, String detail) throws IOException {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "about:blank");
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", detail);
        problem.put("code", code);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
    }
}
