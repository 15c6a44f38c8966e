package io.yiwang.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.sim.replay.TruthWindows.Window;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class TruthWindowsTest {
    private static Instant at(int minute) {
        return Instant.parse("2020-01-01T00:00:00Z").plusSeconds(60L * minute);
    }

    @Test
    void labelledRowsInARowAreOneWindow() {
        var windows = new TruthWindows("anomaly");
        var found = new ArrayList<Window>();
        boolean[] wrong = {false, true, true, false, false, true, false, true};
        for (int i = 0; i < wrong.length; i++) {
            found.addAll(windows.on(at(i), wrong[i]));
        }
        found.addAll(windows.end());
        assertThat(found)
                .containsExactly(
                        new Window("anomaly", at(1), at(2)),
                        new Window("anomaly", at(5), at(5)),
                        new Window("anomaly", at(7), at(7)));
        assertThat(windows.end()).isEmpty();
    }
}
