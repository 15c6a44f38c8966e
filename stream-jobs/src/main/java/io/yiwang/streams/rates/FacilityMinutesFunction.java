package io.yiwang.streams.rates;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The first stage, and behind it the minutes of facilities. Of readings only the good ones are known; what stands still, or changes as it
 * cannot, says nothing of whether the facility works. Keeps {@link FacilityMinutes}' state of each facility of the catalogue, and wakes it every minute of the log clock, whether the
 * facility speaks or not. Metrics: {@code ratesReadingsTooLate}, {@code ratesMessagesUnknownFacility}.
 */
final class FacilityMinutesFunction
        extends KeyedCoProcessFunction<String, TelemetryMessage, FacilityAsset, Contribution> {
    private static final long serialVersionUID = 1;
    /** How long messages of a facility that the catalogue does not (yet) have are kept, ms of the log clock. */
    private static final long WAIT_MILLIS = 600_000;

    private final RatesSettings settings;
    private final PackSource source;

    private transient DomainPacks packs;
    private transient Intake intake;
    private transient MapState<String, Intake.State> devices;
    private transient FacilityMinutes minutes;
    private transient Map<String, Plan> plans;
    private transient ValueState<FacilityState> states;
    private transient ValueState<FacilityAsset> assets;
    private transient ListState<TelemetryMessage> waiting;
    private transient long firstClock;
    private transient Counter tooLate;
    private transient Counter unknown;

    FacilityMinutesFunction(RatesSettings settings, PackSource source) {
        this.settings = settings;
        this.source = source;
    }

    @Override
    public void open(OpenContext context) {
        packs = source.packs();
        intake = new Intake(packs, settings.slack().toMillis());
        devices = getRuntimeContext()
                .getMapState(
                        new MapStateDescriptor<>("intake-v1", Types.STRING, TypeInformation.of(Intake.State.class)));
        minutes = new FacilityMinutes(
                settings.allowance().toMillis(), settings.history().toMinutes());
        plans = new HashMap<>();
        firstClock = Long.MIN_VALUE;
        states = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("minutes-v1", TypeInformation.of(FacilityState.class)));
        assets = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("asset-v1", TypeInformation.of(FacilityAsset.class)));
        waiting = getRuntimeContext()
                .getListState(new ListStateDescriptor<>("waiting-v1", TypeInformation.of(TelemetryMessage.class)));
        var metrics = getRuntimeContext().getMetricGroup();
        tooLate = metrics.counter("ratesReadingsTooLate");
        unknown = metrics.counter("ratesMessagesUnknownFacility");
    }

    @Override
    public void processElement1(TelemetryMessage message, Context context, Collector<Contribution> out)
            throws Exception {
        if (message.isInterval()) {
            return;
        }
        var plan = plan(message.facility());
        if (plan == null || firstClock == Long.MIN_VALUE) {
            waiting.add(message);
            context.timerService().registerEventTimeTimer(plan == null ? message.logTimeMillis() + waitMillis() : 0);
            return;
        }
        var state = state();
        take(plan, state, message, out);
        states.update(state);
        context.timerService().registerEventTimeTimer(minutes.nextDeadlineMillis(state));
    }

    /**
     * The log clock as all of the telemetry has reached it. The first one is where counting begins for what was in the catalogue by
     * then; how far the telemetry was read ahead of the catalogue must not matter.
     */
    void clock(long logMillis) {
        if (firstClock == Long.MIN_VALUE) {
            firstClock = logMillis;
        }
    }

    @Override
    public void processElement2(FacilityAsset asset, Context context, Collector<Contribution> out) throws Exception {
        var before = plan(asset.id());
        if (asset.removed()) {
            plans.remove(asset.id());
            assets.clear();
            states.clear();
            devices.clear();
            waiting.clear();
            return;
        }
        var plan = Plan.of(asset, packs);
        plans.put(asset.id(), plan);
        assets.update(asset);
        var state = state();
        if (before != null) {
            minutes.replan(state, before, plan);
        }
        if (state.start == FacilityState.NONE) {
            state.since = context.timestamp();
        }
        if (firstClock != Long.MIN_VALUE) {
            catchUp(plan, state, out);
            context.timerService().registerEventTimeTimer(minutes.nextDeadlineMillis(state));
        } else {
            context.timerService().registerEventTimeTimer(0);
        }
        states.update(state);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Contribution> out) throws Exception {
        var plan = plan(context.getCurrentKey());
        if (plan == null) {
            giveUpWaiting(timestamp);
            return;
        }
        if (firstClock == Long.MIN_VALUE) {
            return;
        }
        var state = state();
        catchUp(plan, state, out);
        minutes.conclude(plan, state, timestamp).forEach(out::collect);
        states.update(state);
        if (context.timerService().currentWatermark() != Long.MAX_VALUE) {
            context.timerService().registerEventTimeTimer(minutes.nextDeadlineMillis(state));
        }
    }

    /** Begins, and takes in what came before the catalogue or the clock. */
    private void catchUp(Plan plan, FacilityState state, Collector<Contribution> out) throws Exception {
        if (state.start == FacilityState.NONE) {
            minutes.begin(state, Math.max(firstClock, state.since));
        }
        var early = waiting.get();
        if (early != null) {
            for (var message : early) {
                take(plan, state, message, out);
            }
            waiting.clear();
        }
    }

    private void take(Plan plan, FacilityState state, TelemetryMessage message, Collector<Contribution> out)
            throws Exception {
        minutes.begin(state, message.logTimeMillis());
        for (var contribution : minutes.conclude(plan, state, message.logTimeMillis())) {
            out.collect(contribution);
        }
        if (message.isBreak()) {
            minutes.doorsWereClosed(state, message.logTimeMillis(), message.breakMillis());
            return;
        }
        var known = devices.get(message.device());
        // Lateness plays no part here: periods do not matter.
        var judged = intake.on(known == null ? Intake.State.EMPTY : known, message, (device, metric) -> 0);
        if (judged.identity() == Intake.Identity.NEW) {
            devices.put(message.device(), judged.state());
        }
        for (var reading : judged.readings()) {
            if (reading.isGood()) {
                boolean counted = minutes.read(
                        plan,
                        state,
                        reading.device(),
                        reading.metric(),
                        reading.eventTimeMillis(),
                        reading.logTimeMillis(),
                        reading.number());
                if (!counted) {
                    tooLate.inc();
                }
            }
        }
    }

    private long waitMillis() {
        return WAIT_MILLIS + settings.allowance().toMillis();
    }

    private void giveUpWaiting(long timestamp) throws Exception {
        var kept = new ArrayList<TelemetryMessage>();
        var messages = waiting.get();
        if (messages != null) {
            for (var message : messages) {
                if (message.logTimeMillis() + waitMillis() <= timestamp) {
                    unknown.inc();
                } else {
                    kept.add(message);
                }
            }
            waiting.update(kept);
        }
    }

    private FacilityState state() throws Exception {
        var state = states.value();
        return state == null ? new FacilityState() : state;
    }

    private @Nullable Plan plan(String facility) throws Exception {
        var plan = plans.get(facility);
        if (plan == null) {
            var asset = assets.value();
            if (asset != null) {
                plan = Plan.of(asset, packs);
                plans.put(facility, plan);
            }
        }
        return plan;
    }
}
