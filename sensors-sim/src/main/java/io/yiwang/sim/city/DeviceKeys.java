package io.yiwang.sim.city;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The demo devices' secrets, all derived from one random key, so that none has to be stored and an import of the same city is
 * always the same.
 */
public final class DeviceKeys {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int SALT_BYTES = 16;

    private final byte[] key;

    private DeviceKeys(byte[] key) {
        this.key = key;
    }

    /** With a given key; for tests and for whoever keeps the key elsewhere. */
    public static DeviceKeys of(byte[] key) {
        return new DeviceKeys(key.clone());
    }

    /**
     * Reads the key in {@code data/demo/device-key}, made with random content and readable by the owner only when missing.
     *
     * @throws UncheckedIOException when it can be neither read nor made
     */
    public static DeviceKeys in(Path data) {
        var file = data.resolve("demo").resolve("device-key");
        try {
            Files.createDirectories(file.getParent());
            if (Files.notExists(file)) {
                var fresh = new byte[KEY_BYTES];
                new SecureRandom().nextBytes(fresh);
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(
                        file, Base64.getEncoder().encodeToString(fresh) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
            }
            return new DeviceKeys(
                    Base64.getDecoder().decode(Files.readString(file).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the device key " + file + ": " + e.getMessage(), e);
        }
    }

    /** The device's MQTT password. */
    public String secret(String device) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(device));
    }

    /** What the asset catalogue keeps of it. */
    public Credential credential(String device) {
        var salt = Arrays.copyOf(hmac("salt:" + device), SALT_BYTES);
        var hash = Ids.secretHash(salt, secret(device).getBytes(StandardCharsets.UTF_8));
        return Credential.newBuilder()
                .setSalt(ByteString.copyFrom(salt))
                .setHash(ByteString.copyFrom(hash))
                .build();
    }

    private byte[] hmac(String text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
