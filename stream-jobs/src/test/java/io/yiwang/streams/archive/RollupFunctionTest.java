package io.yiwang.streams.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class RollupFunctionTest {
    private static final long START = 1_800_000_000_000L / 60_000 * 60_000;
    private static final int LEARNED = 300;
    private static final int FROZEN = 60;

    /** What a sensor that freezes in the middle of the run showed, with a restore from a savepoint in the middle of that. */
    @Test
    void everyMessageIsStoredWithWhatItIsWorthAlsoAcrossARestore() throws Exception {
        var whole = new byte[LEARNED + FROZEN];
        try (var archive = harness()) {
            archive.open();
            feed(archive, 0, LEARNED + FROZEN);
            codes(archive, whole, 0);
        }
        var parts = new byte[LEARNED + FROZEN];
        int cut = LEARNED + 5;
        try (var before = harness()) {
            before.open();
            feed(before, 0, cut);
            codes(before, parts, 0);
            var snapshot = before.snapshot(1, 1);
            try (var after = harness()) {
                after.initializeState(snapshot);
                after.open();
                feed(after, cut, LEARNED + FROZEN);
                codes(after, parts, cut);
            }
        }
        assertThat(parts).isEqualTo(whole);
        assertThat(IntStream.range(0, LEARNED).filter(i -> whole[i] != 0)).isEmpty();
        assertThat(IntStream.range(LEARNED + 20, LEARNED + FROZEN).map(i -> whole[i]))
                .containsOnly(5);
    }

    @Test
    void aMessageThatWasSeenBeforeIsStoredAsItCame() throws Exception {
        try (var archive = harness()) {
            archive.open();
            feed(archive, 0, 1);
            feed(archive, 0, 1);
            assertThat(archive.getSideOutput(RollupFunction.RAW)).hasSize(2);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, TelemetryMessage, MinuteSummary> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new RollupFunction(() -> TestingPacks.PACKS, 0, 5_000, 600_000)),
                TelemetryMessage::facility,
                Types.STRING);
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<String, TelemetryMessage, MinuteSummary> archive, int from, int to)
            throws Exception {
        for (int i = from; i < to; i++) {
            double number = i < LEARNED ? 30 + new Random(i).nextInt(100) / 10.0 : 33.3;
            long millis = START + 10_000L * i;
            var message = new TelemetryMessage(
                    "testing",
                    "d",
                    "F",
                    "D",
                    "boot",
                    i,
                    millis,
                    0,
                    millis + 100,
                    0,
                    new String[] {"test_level"},
                    new double[] {number},
                    new byte[1],
                    0);
            archive.processElement(new StreamRecord<>(message, millis + 100));
        }
    }

    private static void codes(
            KeyedOneInputStreamOperatorTestHarness<String, TelemetryMessage, MinuteSummary> archive,
            byte[] codes,
            int from) {
        int i = from;
        for (var record : archive.getSideOutput(RollupFunction.RAW)) {
            codes[i++] = record.getValue().qualities()[0];
        }
    }
}
