package io.yiwang.streams.archive;

import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.TelemetryMessage;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps {@link Rollup}'s state of each facility, behind the first stage that drops duplicates. Metric:
 * {@code archiveReadingsTooLate}, readings that came too late for their minute's roll-up (their raw values are stored).
 */
final class RollupFunction extends KeyedProcessFunction<String, TelemetryMessage, MinuteSummary> {
    private static final long serialVersionUID = 1;

    private final PackSource packs;
    private final long allowanceMillis;
    private final long historyMillis;

    private transient Intake intake;
    private transient Rollup rollup;
    private transient MapState<String, Intake.State> devices;
    private transient ValueState<RollupState> states;
    private transient Counter tooLate;

    RollupFunction(PackSource packs, long allowanceMillis, long historyMillis) {
        this.packs = packs;
        this.allowanceMillis = allowanceMillis;
        this.historyMillis = historyMillis;
    }

    @Override
    public void open(OpenContext context) {
        intake = new Intake(packs.packs(), 0);
        rollup = new Rollup(allowanceMillis, historyMillis);
        devices = getRuntimeContext()
                .getMapState(
                        new MapStateDescriptor<>("intake-v1", Types.STRING, TypeInformation.of(Intake.State.class)));
        states = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("rollup-v1", TypeInformation.of(RollupState.class)));
        tooLate = getRuntimeContext().getMetricGroup().counter("archiveReadingsTooLate");
    }

    @Override
    public void processElement(TelemetryMessage message, Context context, Collector<MinuteSummary> out)
            throws Exception {
        if (message.isBreak() || message.isInterval()) {
            return;
        }
        var known = devices.get(message.device());
        // Lateness plays no part here: periods do not matter.
        var judged = intake.on(known == null ? Intake.State.EMPTY : known, message, (device, metric) -> 0);
        if (judged.identity() != Intake.Identity.NEW) {
            return;
        }
        devices.put(message.device(), judged.state());
        boolean taken = rollup.takes(message.eventTimeMillis(), message.logTimeMillis());
        if (!taken) {
            tooLate.inc(message.size());
            return;
        }
        var state = states.value();
        if (state == null) {
            state = new RollupState();
        }
        state.domain = message.domain();
        state.district = message.district();
        for (var reading : judged.readings()) {
            if (reading.isGood()) {
                rollup.add(state, reading.device(), reading.metric(), reading.eventTimeMillis(), reading.number());
            }
        }
        states.update(state);
        context.timerService().registerEventTimeTimer(rollup.nextDeadlineMillis(message.logTimeMillis()));
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<MinuteSummary> out) throws Exception {
        var state = states.value();
        if (state == null) {
            return;
        }
        rollup.conclude(context.getCurrentKey(), state, timestamp).forEach(out::collect);
        if (state.minutes.isEmpty()) {
            states.clear();
        } else {
            states.update(state);
            context.timerService().registerEventTimeTimer(rollup.nextDeadlineMillis(timestamp));
        }
    }
}
