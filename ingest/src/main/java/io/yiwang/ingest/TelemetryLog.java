package io.yiwang.ingest;

import io.yiwang.ingest.validate.Judged;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import org.jspecify.annotations.Nullable;

/** Where messages are kept. Appending never blocks; records of one facility stay in the order of their appends. */
public interface TelemetryLog {
    void append(Telemetry telemetry, Appended appended);

    void append(Rejected rejected, Appended appended);

    /** Whether more should be appended: as much waits to be stored as shall. An append without room is not wrong, but may fail. */
    default boolean hasRoom() {
        return true;
    }

    /** Calls {@code goOn} once, from any thread and soon, when there is room; at once when there is room already. */
    default void whenRoom(Runnable goOn) {
        goOn.run();
    }

    /** The same verdict, but what this log has refused for good before is rejected: it must not be sent again for ever. */
    default Judged withoutRefused(Judged judged, Arrival arrival) {
        return judged;
    }

    /** Told once per append, from any thread, possibly before the append returns. */
    interface Appended {
        /** @param failure null when the record is stored */
        void onAppended(@Nullable Throwable failure);
    }
}
