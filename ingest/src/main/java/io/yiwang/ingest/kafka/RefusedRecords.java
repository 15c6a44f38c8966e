package io.yiwang.ingest.kafka;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.TelemetryLog;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.model.RejectReason;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the circle of a record that Kafka will never take: not stored, not acknowledged, sent again, not stored.
 *
 * <p>The first refusal is a failure like any other, and the device sends the message again; by then it is known here, and rejected with
 * the reason. Only its mark is kept meanwhile, so that nothing is held twice while Kafka is away. What even {@code telemetry.rejected}
 * does not take goes into a file of this machine.
 */
public final class RefusedRecords implements TelemetryLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedRecords.class);
    private static final int MOST_MARKS = 10_000;
    private static final int MOST_PAYLOAD_BYTES = 4096;

    private final TelemetryLog log;
    private final Path quarantine;
    private final LinkedHashSet<Long> marks = new LinkedHashSet<>();
    private volatile boolean any;

    /** @param folder where {@code quarantine.bin} is made when it is needed: {@link Rejected} messages, each after its length */
    public RefusedRecords(TelemetryLog log, Path folder) {
        this.log = log;
        this.quarantine = folder.resolve("quarantine.bin");
    }

    @Override
    public void append(Telemetry telemetry, Appended appended) {
        log.append(telemetry, new Watched(mark(telemetry), appended));
    }

    @Override
    public void append(Rejected rejected, Appended appended) {
        long mark = mark(rejected);
        if (any && isMarked(mark)) {
            keepHere(rejected);
            appended.onAppended(null);
            return;
        }
        log.append(rejected, new Watched(mark, appended));
    }

    @Override
    public boolean hasRoom() {
        return log.hasRoom();
    }

    @Override
    public void whenRoom(Runnable goOn) {
        log.whenRoom(goOn);
    }

    @Override
    public Judged withoutRefused(Judged judged, Arrival arrival) {
        if (!any) {
            return judged;
        }
        var accepted = new ArrayList<Telemetry>();
        var rejected = new ArrayList<>(judged.rejected());
        int good = judged.good();
        for (var telemetry : judged.accepted()) {
            if (isMarked(mark(telemetry))) {
                var rejection = rejection(telemetry, arrival);
                good -= rejection.getValueCount();
                rejected.add(rejection);
            } else {
                accepted.add(telemetry);
            }
        }
        return new Judged(accepted, rejected, judged.values(), good);
    }

    private static Rejected rejection(Telemetry telemetry, Arrival arrival) {
        var payload = arrival.payload();
        var rejection = Rejected.newBuilder()
                .setReason(RejectReason.TOO_LARGE.name())
                .setDetail("Kafka does not take this record of " + telemetry.getSerializedSize() + " bytes; the topic's"
                        + " max.message.bytes or another of its rules forbids it")
                .setMqttTopic(arrival.topic())
                .setClient(arrival.client())
                .setPayload(ByteString.copyFrom(payload, 0, Math.min(payload.length, MOST_PAYLOAD_BYTES)))
                .setPayloadSize(payload.length)
                .setReceivedMillis(arrival.receivedMillis())
                .setDevice(telemetry.getDevice())
                .setBoot(telemetry.getBoot())
                .setSeq(telemetry.getSeq())
                .setEventTimeMillis(telemetry.getEventTimeMillis());
        for (var value : telemetry.getValuesList()) {
            // One without its number was counted when it was rejected itself.
            if (value.hasNumber()) {
                rejection.addMetrics(value.getMetric());
            }
        }
        return rejection.setValueCount(rejection.getMetricsCount()).build();
    }

    private void keepHere(Rejected rejected) {
        LOG.error(
                "Kafka does not take a rejected message of {} either; it is kept in {}",
                rejected.getDevice(),
                quarantine);
        try {
            Files.createDirectories(quarantine.getParent());
            var bytes = ByteString.newOutput();
            rejected.writeDelimitedTo(bytes);
            synchronized (this) {
                try (var channel = FileChannel.open(
                        quarantine, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                    channel.write(ByteBuffer.wrap(bytes.toByteString().toByteArray()));
                    channel.force(true);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An append whose refusal for good is remembered. */
    private final class Watched implements Appended {
        private final long mark;
        private final Appended appended;

        Watched(long mark, Appended appended) {
            this.mark = mark;
            this.appended = appended;
        }

        @Override
        public void onAppended(@Nullable Throwable failure) {
            if (failure != null && isForGood(failure)) {
                remember(mark, failure);
            }
            appended.onAppended(failure);
        }
    }

    private static boolean isForGood(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException
                || failure instanceof PolicyViolationException
                || failure instanceof SerializationException;
    }

    private void remember(long mark, Throwable failure) {
        synchronized (marks) {
            if (!marks.add(mark)) {
                return;
            }
            any = true;
            if (marks.size() > MOST_MARKS) {
                Iterator<Long> oldest = marks.iterator();
                oldest.next();
                oldest.remove();
            }
        }
        LOG.warn(
                "Kafka refuses a record for good; its message is rejected when it comes again: {}", failure.toString());
    }

    private boolean isMarked(long mark) {
        synchronized (marks) {
            return marks.contains(mark);
        }
    }

    private static long mark(Telemetry telemetry) {
        long mark = telemetry.getDevice().hashCode();
        mark = mixed(mark, telemetry.getBoot().hashCode());
        mark = mixed(mark, telemetry.getSeq());
        mark = mixed(mark, telemetry.getEventTimeMillis());
        mark = mixed(mark, telemetry.getIntervalSeconds());
        for (Value value : telemetry.getValuesList()) {
            mark = mixed(mark, value.getMetric().hashCode());
        }
        return mark;
    }

    private static long mark(Rejected rejected) {
        return mixed(
                mixed(rejected.getPayload().hashCode(), rejected.getMqttTopic().hashCode()),
                rejected.getReason().hashCode());
    }

    /** A step of SplitMix64: every bit of what was before and what comes decides about every bit of the result. */
    private static long mixed(long before, long next) {
        long z = before * 0x9E3779B97F4A7C15L + next;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
