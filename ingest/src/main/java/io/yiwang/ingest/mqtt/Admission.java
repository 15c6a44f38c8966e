package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.IngestMeter.Refusal;

/** What becomes of a client that wants in. Only the log says which it was; the client hears the same of all refusals. */
enum Admission {
    ADMITTED("is admitted"),
    NO_ID("calls itself by what is no device id"),
    UNKNOWN("is not in the ledger"),
    REVOKED("is in the ledger without a credential"),
    OTHER_USER("shows a user name that is not its client id"),
    WRONG_SECRET("shows no secret or a wrong one"),
    OTHER_CERTIFICATE("shows the certificate of somebody else"),
    EXPIRED_CERTIFICATE("shows a certificate that is not valid at this time"),
    OLD_CERTIFICATE("shows a certificate from before its credential was renewed");

    private final String sentence;

    Admission(String sentence) {
        this.sentence = sentence;
    }

    /** Continues a sentence that begins with the client. */
    String sentence() {
        return sentence;
    }

    /** As what a refusal counts. */
    Refusal refusal() {
        return switch (this) {
            case OTHER_CERTIFICATE, EXPIRED_CERTIFICATE, OLD_CERTIFICATE -> Refusal.CERTIFICATE;
            default -> Refusal.CREDENTIAL;
        };
    }
}
