package io.yiwang.dashboard;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A request that cannot be served, as its caller is told: RFC 9457 with {@code title}, {@code detail} and a stable
 * {@code code} for programs.
 */
public final class Problem extends ErrorResponseException {

    private Problem(HttpStatus status, String code, String detail, @Nullable Throwable cause) {
        super(status, detail(status, code, detail), cause);
    }

    /** The thing named in the request does not exist. */
    public static Problem notFound(String code, String detail) {
        return new Problem(HttpStatus.NOT_FOUND, code, detail, null);
    }

    /** The request itself is wrong; {@code detail} says what to change. */
    public static Problem badRequest(String code, String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, code, detail, null);
    }

    /** Who is asking is not known. */
    public static Problem unauthorized(String code, String detail) {
        return new Problem(HttpStatus.UNAUTHORIZED, code, detail, null);
    }

    /** The request is right but does not fit the present state. */
    public static Problem conflict(String code, String detail) {
        return new Problem(HttpStatus.CONFLICT, code, detail, null);
    }

    /** The thing is another by now than the caller believes. */
    public static Problem changedMeanwhile(String code, String detail) {
        return new Problem(HttpStatus.PRECONDITION_FAILED, code, detail, null);
    }

    /** The request is well formed but what it says cannot be; {@code findings} says where and why, as property {@code name}. */
    public static Problem refused(String code, String detail, String name, Object findings) {
        var problem = new Problem(HttpStatus.UNPROCESSABLE_CONTENT, code, detail, null);
        problem.getBody().setProperty(name, findings);
        return problem;
    }

    /** A part of the system that the request needs does not answer; trying again later makes sense. */
    public static Problem unavailable(String code, String detail, @Nullable Throwable cause) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, code, detail, cause);
    }

    public static ProblemDetail detail(HttpStatus status, String code, String detail) {
        var problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("code", code);
        problem.setType(URI.create("about:blank"));
        return problem;
    }
}
