package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LullTest {
    private static final long MILLI = 1_000_000;

    private final Queue<Runnable> afterPass = new ArrayDeque<>();
    private final List<Long> pauses = new ArrayList<>();
    private long now;
    private final Lull lull = new Lull(afterPass::add, () -> now, pause -> {
        pauses.add(pause);
        now += pause;
    });

    /** A pass of the event loop that finds so many publishes and works for so long. */
    private void pass(int publishes, long workNanos) {
        for (int i = 0; i < publishes; i++) {
            lull.published(now);
        }
        now += workNanos;
        while (!afterPass.isEmpty()) {
            afterPass.remove().run();
        }
    }

    @Test
    void whatComesNowAndThenIsNeverHeldUp() {
        for (int i = 0; i < 100; i++) {
            pass(1, 20_000);
            now += 5 * MILLI;
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void inQuickSuccessionAPassIsAMillisecondLongAndNoLonger() {
        pass(1, 20_000);
        for (int i = 0; i < 50; i++) {
            long began = now;
            pass(3, 60_000);
            assertThat(now - began).isEqualTo(Lull.PAUSE_NANOS);
        }
        assertThat(pauses).hasSize(50).containsOnly(Lull.PAUSE_NANOS - 60_000);
    }

    @Test
    void aLoopThatIsBusyAllTheTimeDoesNotPause() {
        for (int i = 0; i < 50; i++) {
            pass(200, 2 * MILLI - 1);
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void passesWithoutPublishesPauseNothing() {
        pass(5, 10_000);
        pass(0, 10_000);
        pass(0, 10_000);
        assertThat(pauses).isEmpty();
        assertThat(afterPass).isEmpty();
    }
}
