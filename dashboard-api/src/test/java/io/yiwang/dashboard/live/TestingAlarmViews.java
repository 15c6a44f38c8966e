package io.yiwang.dashboard.live;

import io.yiwang.dashboard.alarms.AlarmView;
import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class TestingAlarmViews {
    private TestingAlarmViews() {}

    static AlarmView alarm(String id, int version, String facility, int grade, String state) {
        return alarm(id, version, facility, grade, state, "process", null);
    }

    /** @param incident of which it is part */
    static AlarmView alarm(
            String id, int version, String facility, int grade, String state, String kind, @Nullable String incident) {
        var time = Instant.parse("2026-03-02T00:00:00Z");
        var acked = state.equals("acked");
        return new AlarmView(
                id,
                version,
                "gas_station_leak_lel.hh",
                kind,
                grade,
                state,
                state.equals("unacked") || acked,
                acked,
                false,
                facility,
                new Name("站", "Station"),
                "gas",
                "d1",
                "gas_station_leak_lel",
                new Name("浓度", "Concentration"),
                "%",
                "hh",
                40.0,
                1.0,
                0,
                "",
                "K",
                time,
                time,
                time,
                null,
                50.0,
                time,
                50.0,
                List.of(facility + "-leak1"),
                List.of(),
                acked ? "li" : null,
                acked ? time : null,
                0,
                null,
                new Name("浓度", "Concentration"),
                1,
                null,
                "",
                0,
                null,
                incident,
                List.of(),
                null);
    }
}
