package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.mqtt.BridgeRivalry.End;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BridgeRivalryTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static BridgeRivalry after(End... ends) {
        var rivalry = BridgeRivalry.NONE;
        for (var end : ends) {
            rivalry = rivalry.after(end, SHORT);
        }
        return rivalry;
    }

    @Test
    void threeShortConnectionsClosedInARowAreARival() {
        assertThat(after(End.LOST, End.LOST).isLikely()).isFalse();
        assertThat(after(End.LOST, End.LOST, End.LOST).isLikely()).isTrue();
    }

    @Test
    void aBrokerThatWasAwayInBetweenIsNone() {
        assertThat(after(End.LOST, End.REFUSED, End.LOST, End.REFUSED, End.LOST).isLikely())
                .isFalse();
        assertThat(after(End.LOST, End.LOST, End.EXPLAINED, End.LOST).isLikely())
                .isFalse();
    }

    @Test
    void aConnectionThatStoodForLongEndsTheSuspicion() {
        assertThat(after(End.LOST, End.LOST)
                        .after(End.LOST, Duration.ofMinutes(5))
                        .isLikely())
                .isFalse();
    }
}
