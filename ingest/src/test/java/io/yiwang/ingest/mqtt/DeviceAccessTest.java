package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.FACILITY;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.model.domain.DomainPacks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DeviceAccessTest {
    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final DeviceAccess access = new DeviceAccess(catalogue);

    {
        catalogue.put(FACILITY, TestingCity.facility(GOOD, BAD));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void clientIdUserAndSecretMustBeTheDevices() {
        assertThat(access.admits(GOOD, GOOD, bytes(secret(GOOD)))).isTrue();
        assertThat(access.admits(GOOD, BAD, bytes(secret(GOOD)))).isFalse();
        assertThat(access.admits(BAD, GOOD, bytes(secret(GOOD)))).isFalse();
        assertThat(access.admits(GOOD, null, bytes(secret(GOOD)))).isFalse();
        assertThat(access.admits(GOOD, GOOD, null)).isFalse();
        assertThat(access.admits(GOOD, GOOD, bytes(""))).isFalse();
        assertThat(access.admits("nobody", "nobody", bytes(secret(GOOD)))).isFalse();
        assertThat(access.admits("#", "#", bytes(secret(GOOD)))).isFalse();
    }

    @Test
    void withoutACredentialNobodyIsAdmitted() {
        var facility = TestingCity.facility(GOOD).toBuilder();
        facility.getDevicesBuilder(0).clearCredential();
        catalogue.put(FACILITY, facility.build());
        assertThat(access.admits(GOOD, GOOD, bytes(secret(GOOD)))).isFalse();
        assertThat(access.admits(GOOD, GOOD, bytes(""))).isFalse();
    }
}
