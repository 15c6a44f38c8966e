package io.yiwang.dashboard.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses bodies that are longer than anything we take, before one byte of them is read. */
final class BodyLimit extends OncePerRequestFilter {
    private static final long MOST = 1 << 20;
    /** A large city's ledger in one document. */
    private static final long MOST_OF_LEDGER = 64 << 20;

    private final Refusals refusals;

    BodyLimit(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long most = request.getServletPath().equals("/api/assets") ? MOST_OF_LEDGER : MOST;
        if (request.getContentLengthLong() > most) {
            refusals.answer(
                    response, HttpStatus.CONTENT_TOO_LARGE, "TOO_LARGE", "the body is longer than " + most + " bytes");
        } else if (request.getHeader("Transfer-Encoding") != null) {
            refusals.answer(
                    response, HttpStatus.LENGTH_REQUIRED, "LENGTH_REQUIRED", "send the body with its Content-Length");
        } else {
            chain.doFilter(request, response);
        }
    }
}
