package io.yiwang.ingest;

import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log in memory that stores when it is told to. */
final class TestingLog implements TelemetryLog {
    final List<Telemetry> telemetry = new ArrayList<>();
    final List<Rejected> rejected = new ArrayList<>();
    private final List<Appended> waiting = new ArrayList<>();

    @Override
    public void append(Telemetry record, Appended appended) {
        telemetry.add(record);
        waiting.add(appended);
    }

    @Override
    public void append(Rejected record, Appended appended) {
        rejected.add(record);
        waiting.add(appended);
    }

    int waiting() {
        return waiting.size();
    }

    /** Answers the oldest append. */
    void answer(@Nullable Throwable failure) {
        waiting.remove(0).onAppended(failure);
    }
}
