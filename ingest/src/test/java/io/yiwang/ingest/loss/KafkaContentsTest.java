package io.yiwang.ingest.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.loss.KafkaContents.Ticked;
import io.yiwang.model.wire.Tick;
import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaContentsTest {
    private static Ticked tick(long logMillis, long breakMillis) {
        return new Ticked(
                0,
                logMillis,
                logMillis,
                Tick.newBuilder().setBreakMillis(breakMillis).build());
    }

    private static List<Ticked> wrong(Ticked... ticks) {
        return new KafkaContents(List.of(), List.of(), List.of(ticks)).breaksThatWereNone();
    }

    @Test
    void aBreakThatStandsBetweenTicksIsOne() {
        assertThat(wrong(tick(1000, 0), tick(61_000, 60_000), tick(62_000, 0))).isEmpty();
        assertThat(wrong(tick(1000, 0), tick(61_000, 0), tick(61_500, 60_000))).isEmpty();
    }

    @Test
    void aBreakBesideAWriterThatTickedIsNone() {
        assertThat(wrong(tick(1000, 0), tick(2000, 0), tick(3000, 0), tick(4000, 0), tick(5000, 0), tick(6000, 5000)))
                .hasSize(1);
    }
}
