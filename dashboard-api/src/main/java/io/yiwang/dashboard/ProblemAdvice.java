package io.yiwang.dashboard;

import java.util.Locale;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Gives every error answer the same shape, and keeps inner matters inside. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        var answer = super.handleExceptionInternal(exception, body, headers, status, request);
        if (answer != null && answer.getBody() instanceof ProblemDetail problem && hasNoCode(problem)) {
            var known = HttpStatus.resolve(status.value());
            problem.setProperty("code", known == null ? "ERROR" : known.name().toUpperCase(Locale.ROOT));
        }
        return answer;
    }

    @ExceptionHandler({
        CannotGetJdbcConnectionException.class,
        CannotCreateTransactionException.class,
        DataAccessResourceFailureException.class
    })
    ResponseEntity<ProblemDetail> noDatabase(Exception exception) {
        LOG.warn("PostgreSQL does not answer: {}", exception.getMessage());
        return answer(HttpStatus.SERVICE_UNAVAILABLE, "DATABASE_DOWN", "PostgreSQL does not answer; try again shortly");
    }

    /** The caller went away; there is nobody to answer. */
    @ExceptionHandler(ClientAbortException.class)
    void gone(ClientAbortException exception) {
        LOG.debug("a caller went away: {}", exception.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(Exception exception) throws Exception {
        if (exception instanceof AccessDeniedException || exception instanceof AuthenticationException) {
            throw exception;
        }
        LOG.error("request failed", exception);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "INTERNAL",
                "the request failed inside; the dashboard's log says why");
    }

    private static ResponseEntity<ProblemDetail> answer(HttpStatus status, String code, String detail) {
        return ResponseEntity.status(status).body(Problem.detail(status, code, detail));
    }

    private static boolean hasNoCode(ProblemDetail problem) {
        return problem.getProperties() == null || !problem.getProperties().containsKey("code");
    }
}
