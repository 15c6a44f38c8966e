package io.yiwang.dashboard.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proof for a receiver that a call is ours and recent: {@code sha256=} and the hex digits of HMAC-SHA-256 with the shared
 * secret over the timestamp (epoch seconds, as in {@code X-Yiwang-Timestamp}), a dot, and the body's bytes.
 */
final class WebhookSignature {
    private WebhookSignature() {}

    static String of(String secret, String timestamp, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
