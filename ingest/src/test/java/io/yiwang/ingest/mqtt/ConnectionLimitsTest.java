package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.mqtt.ConnectionLimits.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private static final long SECOND = 1_000_000_000L;

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void thereAreSoManyInAllAndOfAnAddressAndAnEndedOneMakesPlace() {
        var limits = new ConnectionLimits(3, 2, 100, 100);
        assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.ADMITTED);
        assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.ADMITTED);
        assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.TOO_MANY_OF_ADDRESS);
        assertThat(limits.admit(address(2), 0)).isEqualTo(Verdict.ADMITTED);
        assertThat(limits.admit(address(3), 0)).isEqualTo(Verdict.TOO_MANY);
        limits.ended(address(1));
        assertThat(limits.open()).isEqualTo(2);
        assertThat(limits.admit(address(3), 0)).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void anAddressThatOpensFasterThanItMayIsTurnedDownAndNobodyElse() {
        var limits = new ConnectionLimits(1000, 1000, 10, 20);
        for (int i = 0; i < 20; i++) {
            assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.ADMITTED);
            limits.ended(address(1));
        }
        assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.TOO_FAST);
        assertThat(limits.admit(address(2), 0)).isEqualTo(Verdict.ADMITTED);
        assertThat(limits.admit(address(1), SECOND)).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void aStormOfEverybodyBehindOneBalancerPassesWithTheStandardLimits() {
        var limits = new ConnectionLimits(
                DoorSettings.DEFAULT_MAX_CONNECTIONS,
                DoorSettings.DEFAULT_MAX_CONNECTIONS,
                DoorSettings.DEFAULT_MAX_CONNECTS_PER_ADDRESS,
                DoorSettings.DEFAULT_MAX_CONNECTS_PER_ADDRESS * DoorSettings.CONNECT_BURST_SECONDS);
        for (int i = 0; i < DoorSettings.DEFAULT_MAX_CONNECTIONS; i++) {
            assertThat(limits.admit(address(1), 0)).isEqualTo(Verdict.ADMITTED);
        }
    }

    @Test
    void addressesWithNothingToRememberAreForgotten() {
        var limits = new ConnectionLimits(100_000, 10, 10, 10);
        assertThat(limits.admit(address(0), 0)).isEqualTo(Verdict.ADMITTED);
        for (int i = 1; i < 60_000; i++) {
            assertThat(limits.admit(address(i), i * SECOND)).isEqualTo(Verdict.ADMITTED);
            limits.ended(address(i));
        }
        assertThat(limits.addresses()).isLessThan(10_000);
        // The one that is still connected is remembered.
        for (int i = 0; i < 9; i++) {
            assertThat(limits.admit(address(0), 60_000 * SECOND)).isEqualTo(Verdict.ADMITTED);
        }
        assertThat(limits.admit(address(0), 60_001 * SECOND)).isEqualTo(Verdict.TOO_MANY_OF_ADDRESS);
    }
}
