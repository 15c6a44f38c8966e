package io.yiwang.sim.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static Outgoing message(long seq) {
        return new Outgoing(seq, 1_000 * seq, List.of("m"), new byte[0]);
    }

    private static List<Long> drain(Outbox box) {
        var seqs = new ArrayList<Long>();
        for (var next = box.next(); next != null; next = box.next()) {
            seqs.add(next.seq());
        }
        return seqs;
    }

    @Test
    void sendsInOrderUpToTheWindowAndGoesOnWithEachAck() {
        var box = new Outbox(10, 2);
        for (int seq = 1; seq <= 4; seq++) {
            box.add(message(seq));
        }
        assertThat(drain(box)).containsExactly(1L, 2L);
        assertThat(box.acked(1)).isTrue();
        assertThat(drain(box)).containsExactly(3L);
        assertThat(box.size()).isEqualTo(3);
    }

    @Test
    void aSecondAckIsNone() {
        var box = new Outbox(10, 2);
        box.add(message(1));
        drain(box);
        assertThat(box.acked(1)).isTrue();
        assertThat(box.acked(1)).isFalse();
    }

    @Test
    void whatWasInFlightGoesFirstAfterALostConnection() {
        var box = new Outbox(10, 3);
        for (int seq = 1; seq <= 5; seq++) {
            box.add(message(seq));
        }
        drain(box);
        box.acked(2);
        box.connectionLost();
        assertThat(drain(box)).containsExactly(1L, 3L, 4L);
        assertThat(box.size()).isEqualTo(4);
    }

    @Test
    void aFullBoxLosesTheOldestWaitingMessageAndCountsIt() {
        var box = new Outbox(3, 1);
        box.add(message(1));
        drain(box);
        for (int seq = 2; seq <= 5; seq++) {
            box.add(message(seq));
        }
        assertThat(box.size()).isEqualTo(3);
        assertThat(box.dropped()).isEqualTo(2);
        box.connectionLost();
        box.acked(1);
        assertThat(box.next().seq()).as("what is in flight is never dropped").isEqualTo(1);
    }
}
