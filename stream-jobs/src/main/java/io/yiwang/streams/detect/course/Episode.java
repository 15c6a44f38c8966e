package io.yiwang.streams.detect.course;

import io.yiwang.model.wire.Learned;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A time during which a condition held at a point, as far as is known now. Times are event times, epoch ms; values in the metric's unit.
 *
 * @param onsetMillis when the condition began to hold
 * @param raisedMillis when it had held for the on-delay
 * @param endMillis when it had not held for the off-delay, {@link Signal#OPEN} while it lasts
 * @param peak worst value so far
 * @param severity how bad that is; comparable only between episodes of one signal
 * @param last newest value that was judged while it lasted
 * @param limit where the limit stood when the value had gone beyond; NaN = as the rule says
 * @param runs 1, and one more for each return
 * @param learned why something learned says so, at the peak; null for anything else
 */
public record Episode(
        long onsetMillis,
        long raisedMillis,
        long endMillis,
        double peak,
        double severity,
        long peakMillis,
        double last,
        long lastMillis,
        double limit,
        int runs,
        @Nullable Learned learned) {

    public boolean isOpen() {
        return endMillis == Signal.OPEN;
    }

    /** The same, over. */
    public Episode endingAt(long millis) {
        return new Episode(
                onsetMillis, raisedMillis, millis, peak, severity, peakMillis, last, lastMillis, limit, runs, learned);
    }

    /** Whether it lasted without a break from one time to another. */
    public boolean spans(long fromMillis, long toMillis) {
        return onsetMillis <= fromMillis && endMillis >= toMillis;
    }

    /**
     * The two as one.
     *
     * @param runs how often it then began to hold
     */
    public Episode and(Episode other, int runs) {
        var worst = other.severity > severity ? other : this;
        var newest = other.lastMillis > lastMillis ? other : this;
        var first = other.onsetMillis < onsetMillis ? other : this;
        return new Episode(
                first.onsetMillis,
                Math.min(raisedMillis, other.raisedMillis),
                Math.max(endMillis, other.endMillis),
                worst.peak,
                worst.severity,
                worst.peakMillis,
                newest.last,
                newest.lastMillis,
                first.limit,
                runs,
                worst.learned);
    }

    public void write(DataOutput out) throws IOException {
        out.writeLong(onsetMillis);
        out.writeLong(raisedMillis);
        out.writeLong(endMillis);
        out.writeDouble(peak);
        out.writeDouble(severity);
        out.writeLong(peakMillis);
        out.writeDouble(last);
        out.writeLong(lastMillis);
        out.writeDouble(limit);
        out.writeInt(runs);
        var bytes = learned == null ? new byte[0] : learned.toByteArray();
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    public static Episode read(DataInput in) throws IOException {
        long onset = in.readLong();
        long raised = in.readLong();
        long end = in.readLong();
        double peak = in.readDouble();
        double severity = in.readDouble();
        long peakMillis = in.readLong();
        double last = in.readDouble();
        long lastMillis = in.readLong();
        double limit = in.readDouble();
        int runs = in.readInt();
        var bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return new Episode(
                onset,
                raised,
                end,
                peak,
                severity,
                peakMillis,
                last,
                lastMillis,
                limit,
                runs,
                bytes.length == 0 ? null : Learned.parseFrom(bytes));
    }
}
