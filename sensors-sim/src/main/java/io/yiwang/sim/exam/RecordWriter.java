package io.yiwang.sim.exam;

import com.google.protobuf.CodedOutputStream;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a log as delimited {@link TelemetryRecord}s that bring their own log clock. */
final class RecordWriter {
    private static final byte[] TICK =
            Tick.newBuilder().setWriter("exam").build().toByteArray();

    private final CodedOutputStream out;
    private long records;

    RecordWriter(OutputStream out) {
        this.out = CodedOutputStream.newInstance(out, 1 << 16);
    }

    /** @param telemetry bytes of a {@link Telemetry} that does not say yet when it was received */
    void telemetry(byte[] telemetry, long logMillis) throws IOException {
        int received = CodedOutputStream.computeInt64Size(Telemetry.RECEIVED_MILLIS_FIELD_NUMBER, logMillis);
        int size = telemetry.length + received;
        head(TelemetryRecord.TELEMETRY_FIELD_NUMBER, size, logMillis);
        out.writeRawBytes(telemetry);
        out.writeInt64(Telemetry.RECEIVED_MILLIS_FIELD_NUMBER, logMillis);
        out.writeInt64(TelemetryRecord.LOG_MILLIS_FIELD_NUMBER, logMillis);
    }

    void tick(long logMillis) throws IOException {
        head(TelemetryRecord.TICK_FIELD_NUMBER, TICK.length, logMillis);
        out.writeRawBytes(TICK);
        out.writeInt64(TelemetryRecord.LOG_MILLIS_FIELD_NUMBER, logMillis);
    }

    private void head(int field, int size, long logMillis) throws IOException {
        records++;
        out.writeUInt32NoTag(CodedOutputStream.computeTagSize(field)
                + CodedOutputStream.computeUInt32SizeNoTag(size)
                + size
                + CodedOutputStream.computeInt64Size(TelemetryRecord.LOG_MILLIS_FIELD_NUMBER, logMillis));
        out.writeTag(field, 2);
        out.writeUInt32NoTag(size);
    }

    long records() {
        return records;
    }

    void flush() throws IOException {
        out.flush();
    }
}
