package io.yiwang.ingest.mqtt;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a connecting client is. Its client id is the id of a device in the ledger that has a credential, and it proves that by
 * a certificate whose common name is that id, or else by user name = client id and the device's secret.
 *
 * <p>The credential is the right to connect, also for who shows a certificate: without one the device is revoked. A certificate from
 * before the present credential was made is not believed, so that a stolen one does not come back to life when its device gets in again.
 */
final class DeviceAccess {
    /** Compared with when there is nothing to compare with, so that the time of an answer does not tell which devices exist. */
    private static final Credential NOBODY = Credential.newBuilder()
            .setSalt(ByteString.copyFrom(new byte[16]))
            .setHash(ByteString.copyFrom(new byte[32]))
            .build();

    private final Catalogue catalogue;
    private final InstantSource wall;

    /** @param wall not the city's clock: certificates live in the world's time */
    DeviceAccess(Catalogue catalogue, InstantSource wall) {
        this.catalogue = catalogue;
        this.wall = wall;
    }

    /** @param certificate verified to come from an authority that the door believes; null when none was shown */
    Admission decide(
            String clientId,
            @Nullable String user,
            @Nullable ByteBuffer password,
            @Nullable X509Certificate certificate) {
        var device = Ids.isValid(clientId) ? catalogue.device(clientId) : null;
        var credential = device == null ? null : device.credential();
        // First, and always: it takes the same time for whoever exists and whoever does not.
        boolean secretFits = certificate == null && fits(credential == null ? NOBODY : credential, password);
        if (!Ids.isValid(clientId)) {
            return Admission.NO_ID;
        }
        if (device == null) {
            return Admission.UNKNOWN;
        }
        if (credential == null) {
            return Admission.REVOKED;
        }
        if (certificate != null) {
            return user == null || user.equals(clientId) ? by(certificate, clientId, credential) : Admission.OTHER_USER;
        }
        if (!clientId.equals(user)) {
            return Admission.OTHER_USER;
        }
        return secretFits ? Admission.ADMITTED : Admission.WRONG_SECRET;
    }

    /** Tells credentials of one device apart, also such as were made with one salt; empty when it has none. */
    Optional<ByteBuffer> mark(String clientId) {
        return Optional.ofNullable(catalogue.device(clientId))
                .map(CataloguedDevice::credential)
                .map(credential -> credential.toByteString().asReadOnlyByteBuffer());
    }

    private static boolean fits(Credential credential, @Nullable ByteBuffer password) {
        var secret = new byte[password == null ? 0 : password.remaining()];
        if (password != null) {
            password.duplicate().get(secret);
        }
        var hash = Ids.secretHash(credential.getSalt().toByteArray(), secret);
        return MessageDigest.isEqual(hash, credential.getHash().toByteArray()) && secret.length > 0;
    }

    private Admission by(X509Certificate certificate, String clientId, Credential credential) {
        if (!clientId.equals(commonName(certificate.getSubjectX500Principal()))) {
            return Admission.OTHER_CERTIFICATE;
        }
        // The handshake has looked at this, but a resumed TLS session does not repeat it.
        long now = wall.millis();
        if (now < certificate.getNotBefore().getTime()
                || now > certificate.getNotAfter().getTime()) {
            return Admission.EXPIRED_CERTIFICATE;
        }
        // Certificates know seconds only.
        long issuedSeconds = TimeUnit.MILLISECONDS.toSeconds(credential.getIssuedMillis());
        long fromSeconds =
                TimeUnit.MILLISECONDS.toSeconds(certificate.getNotBefore().getTime());
        return fromSeconds < issuedSeconds ? Admission.OLD_CERTIFICATE : Admission.ADMITTED;
    }

    /** Null when there is none, or more than one: whose it is must not depend on which is read. */
    static @Nullable String commonName(X500Principal subject) {
        try {
            String name = null;
            for (var part : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                var attributes = part.toAttributes().get("CN");
                if (attributes == null) {
                    continue;
                }
                if (name != null || part.size() != 1 || !(part.getValue() instanceof String value)) {
                    return null;
                }
                name = value;
            }
            return name;
        } catch (InvalidNameException e) {
            return null;
        }
    }
}
