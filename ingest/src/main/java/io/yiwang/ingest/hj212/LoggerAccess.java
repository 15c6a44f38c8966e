package io.yiwang.ingest.hj212;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.hj212.Segment;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Decides who sends a frame: MN is the external id (or the id) of a device of the ledger, and PW its secret. */
final class LoggerAccess {
    /** Compared with when there is nothing to compare with, so that the time of an answer does not tell which loggers exist. */
    private static final Credential NOBODY = Credential.newBuilder()
            .setSalt(ByteString.copyFrom(new byte[16]))
            .setHash(ByteString.copyFrom(new byte[32]))
            .build();

    private final Catalogue catalogue;

    LoggerAccess(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * Who it is.
     *
     * @param device null: the ledger has none of that MN
     * @param admitted the secret is right
     */
    record Sender(@Nullable CataloguedDevice device, boolean admitted) {}

    Sender of(Segment segment) {
        var device = segment.device().isEmpty() ? null : catalogue.deviceCalled(segment.device());
        var known = device == null ? null : device.credential();
        var credential = known == null ? NOBODY : known;
        var secret = segment.password().getBytes(StandardCharsets.UTF_8);
        var hash = Ids.secretHash(credential.getSalt().toByteArray(), secret);
        boolean matches = MessageDigest.isEqual(hash, credential.getHash().toByteArray());
        return new Sender(device, matches && known != null && secret.length > 0);
    }
}
