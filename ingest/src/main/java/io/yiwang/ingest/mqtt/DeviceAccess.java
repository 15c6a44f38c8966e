package io.yiwang.ingest.mqtt;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Decides who a connecting client is: user name = client id = device id, and the device's secret. */
final class DeviceAccess {
    /** Compared with when there is nothing to compare with, so that the time of an answer does not tell which devices exist. */
    private static final Credential NOBODY = Credential.newBuilder()
            .setSalt(ByteString.copyFrom(new byte[16]))
            .setHash(ByteString.copyFrom(new byte[32]))
            .build();

    private final Catalogue catalogue;

    DeviceAccess(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    boolean admits(String clientId, @Nullable String user, @Nullable ByteBuffer password) {
        var device = Ids.isValid(clientId) ? catalogue.device(clientId) : null;
        var known = device == null ? null : device.credential();
        var credential = known == null ? NOBODY : known;
        var secret = new byte[password == null ? 0 : password.remaining()];
        if (password != null) {
            password.duplicate().get(secret);
        }
        var hash = Ids.secretHash(credential.getSalt().toByteArray(), secret);
        boolean matches = MessageDigest.isEqual(hash, credential.getHash().toByteArray());
        return matches && known != null && secret.length > 0 && clientId.equals(user);
    }
}
