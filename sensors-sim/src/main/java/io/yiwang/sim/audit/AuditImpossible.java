package io.yiwang.sim.audit;

/** The audit cannot be made at all; the message is a sentence for people. */
final class AuditImpossible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AuditImpossible(String message) {
        super(message);
    }

    AuditImpossible(String message, Throwable cause) {
        super(message, cause);
    }
}
