package io.yiwang.ingest.hj212;

import io.yiwang.ingest.TelemetryLog;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log in memory that stores at once, or when it is told to. Any thread. */
final class HeldLog implements TelemetryLog {
    private final List<Telemetry> telemetry = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<Appended> waiting = new ArrayList<>();
    private boolean held;
    private @Nullable Throwable failure;

    @Override
    public void append(Telemetry record, Appended appended) {
        synchronized (this) {
            telemetry.add(record);
        }
        take(appended);
    }

    @Override
    public void append(Rejected record, Appended appended) {
        synchronized (this) {
            rejected.add(record);
        }
        take(appended);
    }

    private void take(Appended appended) {
        Throwable failed;
        synchronized (this) {
            if (held) {
                waiting.add(appended);
                return;
            }
            failed = failure;
        }
        appended.onAppended(failed);
    }

    synchronized void hold() {
        held = true;
    }

    synchronized void fail(@Nullable Throwable cause) {
        failure = cause;
    }

    /** Stores what waits, the newest first, and what comes from now on at once. */
    void release() {
        List<Appended> all;
        synchronized (this) {
            held = false;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).onAppended(null);
        }
    }

    synchronized int waiting() {
        return waiting.size();
    }

    synchronized List<Telemetry> telemetry() {
        return List.copyOf(telemetry);
    }

    synchronized List<Rejected> rejected() {
        return List.copyOf(rejected);
    }
}
