package io.yiwang.dashboard.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {
    /** printf '1700000000.{"a":"一"}' | openssl dgst -sha256 -hmac secret */
    @Test
    void isWhatOpensslComputes() {
        assertThat(WebhookSignature.of("secret", "1700000000", "{\"a\":\"一\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("sha256=adaf56e542fa788cdfa28dfa159ce206fbbe8437709ccb83381929b6fe2f708d");
    }
}
