package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckQueueTest {
    private final List<Integer> acknowledged = new ArrayList<>();
    private final AckQueue queue = new AckQueue(acknowledged::add);

    @Test
    void aStoredMessageWaitsForThoseBeforeIt() {
        var first = queue.add(1);
        var second = queue.add(2);
        second.done();
        assertThat(acknowledged).isEmpty();
        first.done();
        assertThat(acknowledged).containsExactly(1, 2);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void anAcknowledgementOfAnEndedConnectionIsForgotten() {
        var slot = queue.add(1);
        queue.close();
        slot.done();
        assertThat(acknowledged).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverTheOrderOfStoringTheOrderOfArrivalIsTheOrderOfAcknowledging(long seed) {
        var many = new AckQueue(acknowledged::add);
        var ids = IntStream.rangeClosed(1, 500).boxed().toList();
        var slots = new ArrayList<>(ids.stream().map(many::add).toList());
        Collections.shuffle(slots, new Random(seed));
        slots.forEach(AckQueue.Slot::done);
        assertThat(acknowledged).isEqualTo(ids);
    }
}
