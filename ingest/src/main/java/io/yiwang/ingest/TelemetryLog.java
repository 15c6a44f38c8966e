package io.yiwang.ingest;

import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import org.jspecify.annotations.Nullable;

/** Where messages are kept. Appending never blocks; records of one facility stay in the order of their appends. */
public interface TelemetryLog {
    void append(Telemetry telemetry, Appended appended);

    void append(Rejected rejected, Appended appended);

    /** Told once per append, from any thread, possibly before the append returns. */
    interface Appended {
        /** @param failure null when the record is stored */
        void onAppended(@Nullable Throwable failure);
    }
}
