package io.yiwang.ingest.validate;

import io.yiwang.ingest.validate.Sequence.Kind;
import io.yiwang.model.RejectReason;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The counters of all devices as this process has stored them. Thread-safe; holds one {@link Sequence} for each device that counts its
 * messages and is known.
 *
 * <p>A message counts when it is stored, whether as telemetry or as rejected, because a resend of one that was not stored is no repeat.
 * What comes by another door is a gap here: behind a balancer or a shared subscription only devices that keep to one door are told
 * truly.
 */
public final class Sequences {
    /** Told of what is not as expected. */
    public interface Notices {
        void repeat();

        void backwards();

        /** @param count counters that will not be waited for any longer */
        void gap(long count);
    }

    private final Map<String, Sequence> devices = new ConcurrentHashMap<>();
    private final Predicate<String> known;
    private final Notices notices;

    /** @param known whether the ledger has a device of that id: what it has not is not watched */
    public Sequences(Predicate<String> known, Notices notices) {
        this.known = known;
        this.notices = notices;
    }

    /** A message's place in the order of its device's. */
    public record Counted(String device, String boot, long seq, long receivedMillis) {
        private static final Comparator<Counted> ORDER = Comparator.comparing(Counted::device)
                .thenComparing(Counted::boot)
                .thenComparingLong(Counted::seq);
    }

    /** The messages of a payload that have a counter, each once. */
    public static List<Counted> counted(Judged judged) {
        var accepted = judged.accepted();
        if (!judged.rejected().isEmpty()) {
            return mixed(judged);
        }
        if (accepted.size() == 1) {
            return accepted.get(0).getBoot().isEmpty() ? List.of() : List.of(counted(accepted.get(0)));
        }
        return accepted.stream()
                .filter(message -> !message.getBoot().isEmpty())
                .map(Sequences::counted)
                .toList();
    }

    private static Counted counted(Telemetry message) {
        return new Counted(message.getDevice(), message.getBoot(), message.getSeq(), message.getReceivedMillis());
    }

    /**
     * Of a payload of which something was rejected: a message of it can be among the accepted ones and in a record for each reason. The
     * order of the payload is lost; devices count upwards in it.
     */
    private static List<Counted> mixed(Judged judged) {
        var all = new TreeSet<>(Counted.ORDER);
        for (var message : judged.accepted()) {
            if (!message.getBoot().isEmpty()) {
                all.add(counted(message));
            }
        }
        for (var record : judged.rejected()) {
            if (!record.getBoot().isEmpty() && !isOfAnother(record)) {
                all.add(new Counted(record.getDevice(), record.getBoot(), record.getSeq(), record.getReceivedMillis()));
            }
        }
        return List.copyOf(all);
    }

    /** The messages of a payload that is stored. */
    public void on(List<Counted> counted) {
        for (int i = 0; i < counted.size(); i++) {
            on(counted.get(i));
        }
    }

    /** The record names its sender as the device, but the counter is that of the device which the sender spoke for. */
    private static boolean isOfAnother(Rejected record) {
        var reason = record.getReason();
        return reason.equals(RejectReason.UNKNOWN_DEVICE.name()) || reason.equals(RejectReason.FOREIGN_DEVICE.name());
    }

    private void on(Counted counted) {
        var sequence = of(counted.device);
        if (sequence == null) {
            return;
        }
        Kind kind;
        synchronized (sequence) {
            kind = sequence.on(counted.boot, counted.seq, counted.receivedMillis, notices::gap);
        }
        if (kind == Kind.REPEAT) {
            notices.repeat();
        } else if (kind == Kind.BACKWARDS) {
            notices.backwards();
        }
    }

    private @Nullable Sequence of(String device) {
        var sequence = devices.get(device);
        return sequence != null || !known.test(device)
                ? sequence
                : devices.computeIfAbsent(device, id -> new Sequence());
    }

    /** The device has left the ledger: what it still owed is given up. */
    public void forget(String device) {
        var sequence = devices.remove(device);
        if (sequence != null) {
            synchronized (sequence) {
                sequence.giveUp(Long.MAX_VALUE, notices::gap);
            }
        }
    }

    /** Counters that were left out and are awaited now, of all devices; those awaited for too long become gaps. */
    public long missing(long nowMillis) {
        long sum = 0;
        for (var sequence : devices.values()) {
            synchronized (sequence) {
                sequence.giveUp(nowMillis, notices::gap);
                sum += sequence.missing();
            }
        }
        return sum;
    }

    /** Devices that are watched. */
    public int devices() {
        return devices.size();
    }
}
