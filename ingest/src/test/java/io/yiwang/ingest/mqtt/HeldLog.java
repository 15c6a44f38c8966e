package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.TelemetryLog;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that stores when the test says so, in whatever order. Thread-safe. */
final class HeldLog implements TelemetryLog {
    private final List<Telemetry> telemetry = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<Appended> waiting = new ArrayList<>();
    private final List<Runnable> forRoom = new ArrayList<>();
    private boolean room = true;

    @Override
    public synchronized void append(Telemetry record, Appended appended) {
        telemetry.add(record);
        waiting.add(appended);
    }

    @Override
    public synchronized void append(Rejected record, Appended appended) {
        rejected.add(record);
        waiting.add(appended);
    }

    @Override
    public synchronized boolean hasRoom() {
        return room;
    }

    @Override
    public void whenRoom(Runnable goOn) {
        synchronized (this) {
            if (!room) {
                forRoom.add(goOn);
                return;
            }
        }
        goOn.run();
    }

    void room(boolean now) {
        List<Runnable> going;
        synchronized (this) {
            room = now;
            going = now ? List.copyOf(forRoom) : List.of();
            if (now) {
                forRoom.clear();
            }
        }
        going.forEach(Runnable::run);
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

    /** Answers the {@code index}th of those that wait. */
    void answer(int index, @Nullable Throwable failure) {
        Appended appended;
        synchronized (this) {
            appended = waiting.remove(index);
        }
        appended.onAppended(failure);
    }

    void answerAll() {
        while (waiting() > 0) {
            answer(0, null);
        }
    }
}
