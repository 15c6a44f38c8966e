package io.yiwang.streams.kafka;

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
 * Turns the tick that ends a break into one notice for each facility of its partition, in front of the tick's watermark and in
 * the order of the log, so that keyed functions learn of the break before any deadline behind it is due. Other ticks end here.
 * Remembers which facilities have spoken: bounded by the catalogue.
 */
final class BreakNotices extends ProcessFunction<TelemetryMessage, TelemetryMessage> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final char SEPARATOR = '/';

    private transient Map<Integer, TreeSet<String>> facilities;
    private transient ListState<String> saved;

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
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        for (var entry : facilities.entrySet()) {
            for (var facility : entry.getValue()) {
                saved.add(entry.getKey().toString() + SEPARATOR + facility);
            }
        }
    }

    @Override
    public void processElement(TelemetryMessage message, Context context, Collector<TelemetryMessage> out) {
        var known = facilities.computeIfAbsent(message.partition(), p -> new TreeSet<>());
        if (!message.isTick()) {
            known.add(message.facility());
            out.collect(message);
        } else if (message.breakMillis() > 0) {
            for (var facility : known) {
                out.collect(TelemetryMessage.notice(
                        facility, message.logTimeMillis(), message.partition(), message.breakMillis()));
            }
        }
    }
}
