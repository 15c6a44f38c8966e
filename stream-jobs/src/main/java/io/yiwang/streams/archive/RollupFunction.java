package io.yiwang.streams.archive;

import io.yiwang.model.domain.DomainPacks;
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
import org.apache.flink.util.OutputTag;

/**
 * The first stage, and behind it {@link Rollup}'s state of each facility. Every message goes on to {@link #RAW} with what its values
 * are worth; one that was seen before as it came: storing it twice is storing it once. Metric: {@code archiveReadingsTooLate}, readings
 * that came too late for their minute's roll-up (their raw values are stored).
 *
 * <p>The catalogue plays no part here: what is late is judged by the metrics' own periods.
 */
final class RollupFunction extends KeyedProcessFunction<String, TelemetryMessage, MinuteSummary> {
    /** Messages to be stored. */
    static final OutputTag<TelemetryMessage> RAW = new OutputTag<>("raw") {};

    private static final long serialVersionUID = 1;

    private final PackSource source;
    private final long slackMillis;
    private final long allowanceMillis;
    private final long historyMillis;

    private transient DomainPacks packs;
    private transient Intake intake;
    private transient Rollup rollup;
    private transient MapState<String, Intake.State> devices;
    private transient ValueState<RollupState> states;
    private transient Counter tooLate;

    /** @param slackMillis what a reading may come later, because time runs fast in the city */
    RollupFunction(PackSource source, long slackMillis, long allowanceMillis, long historyMillis) {
        this.source = source;
        this.slackMillis = slackMillis;
        this.allowanceMillis = allowanceMillis;
        this.historyMillis = historyMillis;
    }

    @Override
    public void open(OpenContext context) {
        packs = source.packs();
        intake = new Intake(packs, slackMillis);
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
        var judged = intake.on(known == null ? Intake.State.EMPTY : known, message, this::periodSeconds);
        context.output(RAW, judged.of(message));
        if (judged.identity() != Intake.Identity.NEW) {
            return;
        }
        devices.put(message.device(), judged.state());
        var state = states.value();
        if (state == null) {
            state = new RollupState();
        }
        state.domain = message.domain();
        state.district = message.district();
        boolean changed = false;
        for (var reading : judged.readings()) {
            if (rollup.takes(reading.eventTimeMillis(), message.logTimeMillis())) {
                rollup.add(state, reading);
                changed = true;
            } else {
                tooLate.inc();
            }
        }
        if (!changed) {
            return;
        }
        states.update(state);
        context.timerService().registerEventTimeTimer(rollup.nextDeadlineMillis(message.logTimeMillis()));
    }

    private int periodSeconds(String device, String metric) {
        return packs.metric(metric).map(known -> known.period()).orElse(0);
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
