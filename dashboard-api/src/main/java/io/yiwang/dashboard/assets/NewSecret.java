package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** A secret made for a device: the text is shown once, the credential is what is kept. */
public record NewSecret(String text, Credential credential) {
    private static final int SECRET_BYTES = 32;
    private static final int SALT_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @param nowMillis by the world's clock, as certificates have it: the device's certificates from before are not believed */
    public static NewSecret make(long nowMillis) {
        var text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
        var salt = bytes(SALT_BYTES);
        return new NewSecret(
                text,
                Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(salt))
                        .setHash(ByteString.copyFrom(Ids.secretHash(salt, text.getBytes(StandardCharsets.UTF_8))))
                        .setIssuedMillis(nowMillis)
                        .build());
    }

    private static byte[] bytes(int count) {
        var bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "NewSecret[****]";
    }
}
