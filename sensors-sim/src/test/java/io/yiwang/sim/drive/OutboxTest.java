package io.yiwang.sim.drive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static Outgoing message(long seq) {
        return new Outgoing(seq, 1000 * seq, List.of("m"), ("{\"seq\":" + seq + "}").getBytes(UTF_8), false);
    }

    private static List<Packet> drain(Outbox box) {
        var packets = new ArrayList<Packet>();
        for (var next = box.next(); next != null; next = box.next()) {
            packets.add(next);
        }
        return packets;
    }

    private static List<Long> seqs(List<Packet> packets) {
        return packets.stream()
                .flatMap(p -> p.messages().stream())
                .map(Outgoing::seq)
                .toList();
    }

    @Test
    void sendsOneByOneUpToTheWindowAndWhatHadToWaitTogether() {
        var box = new Outbox(10, 2);
        var sent = new ArrayList<Packet>();
        for (int seq = 1; seq <= 5; seq++) {
            box.add(message(seq));
            sent.addAll(drain(box));
        }
        assertThat(seqs(sent)).containsExactly(1L, 2L);
        assertThat(box.acked(sent.get(0))).isTrue();
        var more = drain(box);
        assertThat(more).hasSize(1);
        assertThat(new String(more.get(0).payload(), UTF_8)).isEqualTo("[{\"seq\":3},{\"seq\":4},{\"seq\":5}]");
        assertThat(box.size()).isEqualTo(4);
    }

    @Test
    void aSecondAckIsNone() {
        var box = new Outbox(10, 2);
        box.add(message(1));
        var packet = drain(box).get(0);
        assertThat(box.acked(packet)).isTrue();
        assertThat(box.acked(packet)).isFalse();
        assertThat(box.size()).isZero();
    }

    @Test
    void whatWasInFlightGoesFirstAndUnchangedAfterALostConnection() {
        var box = new Outbox(10, 3);
        var sent = new ArrayList<Packet>();
        for (int seq = 1; seq <= 5; seq++) {
            box.add(message(seq));
            sent.addAll(drain(box));
        }
        box.acked(sent.get(1));
        box.connectionLost();
        var again = drain(box);
        assertThat(again.subList(0, 2)).containsExactly(sent.get(0), sent.get(2));
        assertThat(seqs(again)).containsExactly(1L, 3L, 4L, 5L);
    }

    @Test
    void aFullBoxLosesTheOldestWaitingMessageAndCountsIt() {
        var box = new Outbox(3, 1);
        box.add(message(1));
        var first = drain(box).get(0);
        for (int seq = 2; seq <= 5; seq++) {
            box.add(message(seq));
        }
        assertThat(box.size()).isEqualTo(3);
        assertThat(box.dropped()).isEqualTo(2);
        box.connectionLost();
        assertThat(box.next()).as("what is in flight is never dropped").isEqualTo(first);
    }

    @Test
    void aLongOutageComesBackInPacketsThatEveryDoorTakes() {
        var box = new Outbox(5_000, 1_000);
        for (int seq = 1; seq <= 3_000; seq++) {
            box.add(new Outgoing(seq, seq, List.of("m"), new byte[1_000], false));
        }
        var packets = drain(box);
        assertThat(packets).allSatisfy(p -> {
            assertThat(p.payload().length).isLessThanOrEqualTo(Outbox.MOST_BYTES);
            assertThat(p.messages().size()).isLessThanOrEqualTo(Outbox.MOST_MESSAGES);
        });
        assertThat(seqs(packets)).isSorted().hasSize(3_000);
    }
}
