package io.yiwang.dashboard.notify;

import io.yiwang.model.domain.Name;
import java.time.Instant;

final class TestingNotices {
    private TestingNotices() {}

    static Notice notice(String alarm, int grade) {
        return new Notice(
                alarm,
                grade,
                "process",
                "f1",
                new Name("城东门站", "East gate station"),
                "d1",
                "gas",
                new Name("可燃气体浓度", "Combustible gas"),
                "%",
                "hh",
                40.0,
                52.5,
                Instant.parse("2026-03-02T00:00:00Z"),
                "GB 50494",
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
