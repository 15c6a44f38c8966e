package io.yiwang.streams.kafka;

import io.yiwang.model.clock.CityClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns a break into one notice for each facility of its partition, in front of the tick's watermark and in the order of the log, so
 * that keyed functions learn of the break before any deadline behind it is due. Other ticks end here. Remembers which facilities have
 * spoken: bounded by the catalogue.
 *
 * <p>After an outage of Kafka the telemetry that waited lands up to a second before the tick that tells of the break, and would
 * conclude deadlines that only the break has made due. So a record that comes long after the newest tick tells of the break itself, and
 * the tick then tells only what lay before.
 */
final class BreakNotices extends ProcessFunction<TelemetryMessage, TelemetryMessage> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final char SEPARATOR = '/';
    /** Ticks come once a second; how long none may come before that is a break, on the wall. */
    static final Duration WITHOUT_TICKS = Duration.ofSeconds(5);

    private final long withoutTicksMillis;

    private transient Map<Integer, TreeSet<String>> facilities;
    private transient Map<Integer, Clock> clocks;
    private transient ListState<String> saved;
    private transient ListState<String> savedClocks;

    /**
     * What a partition's ticks have told.
     *
     * @param tickMillis log clock of the newest tick
     * @param toldMillis up to where a break since then was told, {@code tickMillis} when none was
     */
    private record Clock(long tickMillis, long toldMillis) {
        static Clock at(long tickMillis) {
            return new Clock(tickMillis, tickMillis);
        }
    }

    /** @param clock the city's: ticks are a second of the wall apart */
    BreakNotices(CityClock clock) {
        withoutTicksMillis = clock.inTheCity(WITHOUT_TICKS).toMillis();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        // Union, because a partition may move to another subtask: each keeps all and uses those of its own partitions.
        saved = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("facilities-v1", Types.STRING));
        facilities = new HashMap<>();
        for (var entry : saved.get()) {
            int at = entry.indexOf(SEPARATOR);
            facilities
                    .computeIfAbsent(Integer.valueOf(entry.substring(0, at)), p -> new TreeSet<>())
                    .add(entry.substring(at + 1));
        }
        savedClocks =
                context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("ticks-v1", Types.STRING));
        clocks = new HashMap<>();
        for (var entry : savedClocks.get()) {
            var parts = entry.split(String.valueOf(SEPARATOR), -1);
            // Who had the partition last knows best; the others have what it was when they had it.
            clocks.merge(
                    Integer.valueOf(parts[0]),
                    new Clock(Long.parseLong(parts[1]), Long.parseLong(parts[2])),
                    (one, other) -> one.tickMillis > other.tickMillis
                                    || one.tickMillis == other.tickMillis && one.toldMillis >= other.toldMillis
                            ? one
                            : other);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        for (var entry : facilities.entrySet()) {
            for (var facility : entry.getValue()) {
                saved.add(entry.getKey().toString() + SEPARATOR + facility);
            }
        }
        savedClocks.clear();
        for (var entry : clocks.entrySet()) {
            var clock = entry.getValue();
            savedClocks.add(entry.getKey().toString() + SEPARATOR + clock.tickMillis + SEPARATOR + clock.toldMillis);
        }
    }

    @Override
    public void processElement(TelemetryMessage message, Context context, Collector<TelemetryMessage> out) {
        var known = facilities.computeIfAbsent(message.partition(), p -> new TreeSet<>());
        var clock = clocks.get(message.partition());
        long log = message.logTimeMillis();
        if (message.isTick()) {
            long told = clock == null ? 0 : clock.toldMillis - clock.tickMillis;
            // What was told ended before this tick by the time that devices were faster than it.
            long rest = told == 0 ? message.breakMillis() : message.breakMillis() - (log - clock.tickMillis);
            if (rest > (told == 0 ? 0 : withoutTicksMillis)) {
                tell(known, message, rest, out);
            }
            clocks.put(message.partition(), Clock.at(log));
            return;
        }
        if (clock != null && log - clock.toldMillis > withoutTicksMillis) {
            tell(known, message, log - clock.toldMillis, out);
            clocks.put(message.partition(), new Clock(clock.tickMillis, log));
        }
        known.add(message.facility());
        out.collect(message);
    }

    private static void tell(
            TreeSet<String> facilities, TelemetryMessage end, long breakMillis, Collector<TelemetryMessage> out) {
        for (var facility : facilities) {
            out.collect(TelemetryMessage.notice(facility, end.logTimeMillis(), end.partition(), breakMillis));
        }
    }
}
