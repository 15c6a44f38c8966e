package io.yiwang.dashboard.newcomers;

import static io.yiwang.dashboard.newcomers.TestingNewcomers.NOW;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.bridge;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.credential;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.knocker;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.mqtt;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.newcomers.Decision.Kind;
import io.yiwang.model.wire.Device;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Device KNOWN =
            Device.newBuilder().setId("d").setCredential(credential("d", "own")).build();

    @Test
    void whoIsNotKnownWaits() {
        assertThat(Standing.of(knocker(mqtt("d", "own")), null, null)).isEqualTo(Standing.WAITING);
        assertThat(Standing.of(knocker(bridge("d", "t", "")), null, null)).isEqualTo(Standing.WAITING);
    }

    @Test
    void whoIsInByWhatItShowedIsSettledHoweverItCameIn() {
        assertThat(Standing.of(knocker(mqtt("d", "own")), null, KNOWN)).isEqualTo(Standing.SETTLED);
        assertThat(Standing.of(knocker(bridge("d", "t", "")), null, KNOWN)).isEqualTo(Standing.SETTLED);
    }

    @Test
    void anotherSecretOfAKnownDeviceWaits() {
        assertThat(Standing.of(knocker(mqtt("d", "other")), null, KNOWN)).isEqualTo(Standing.WAITING);
        assertThat(Standing.of(knocker(mqtt("d", "own", "other")), null, KNOWN)).isEqualTo(Standing.WAITING);
        assertThat(Standing.of(knocker(mqtt("d")), null, KNOWN)).isEqualTo(Standing.WAITING);
        assertThat(Standing.of(knocker(mqtt("d", "own")), null, Device.getDefaultInstance()))
                .as("revoked")
                .isEqualTo(Standing.WAITING);
    }

    @Test
    void whatWasSeenWhenItWasAcceptedAsksForNothingMoreAndWhatComesAfterDoes() {
        var accepted = decision(Kind.ACCEPTED, NOW);
        assertThat(Standing.of(knocker(mqtt("d", "own", "other")), accepted, KNOWN))
                .isEqualTo(Standing.SETTLED);
        var again = mqtt("d", "own", "other");
        again.getShowingsBuilder(1).setLastMillis(NOW + 1);
        assertThat(Standing.of(knocker(again), accepted, KNOWN)).isEqualTo(Standing.WAITING);
        // Taken out of the ledger after that, it waits again as soon as it knocks.
        var later = mqtt("d", "own");
        later.getShowingsBuilder(0).setLastMillis(NOW + 1);
        assertThat(Standing.of(knocker(later), accepted, null)).isEqualTo(Standing.WAITING);
    }

    @Test
    void whoIsDismissedStaysSoHoweverOftenItKnocks() {
        var again = mqtt("d", "yet another").setLastMillis(NOW + 1_000_000);
        assertThat(Standing.of(knocker(again), decision(Kind.DISMISSED, NOW), null))
                .isEqualTo(Standing.DISMISSED);
    }

    private static Decision decision(Kind kind, long lastMillis) {
        return new Decision("d", kind, lastMillis, Instant.EPOCH, "admin");
    }
}
