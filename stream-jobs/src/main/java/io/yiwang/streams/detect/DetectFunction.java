package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.pattern.Link;
import io.yiwang.streams.detect.pattern.Showing;
import io.yiwang.streams.detect.rules.KnownRules;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.RuleSource;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state of {@link FacilityDetection}, by facility. Messages of a facility wait until its asset is known. State ends when
 * the facility leaves the catalogue; only the mark that it left stays.
 *
 * <p>The rules are loaded when the operator opens and then follow their topic, which keeps every version and says from when by the log
 * clock each holds. So they are no state of the operator: whatever way they came, a replay judges as the live run did.
 */
public final class DetectFunction
        extends KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> {
    /** What values are worth and how far learning is, when that changes: the second output. */
    public static final OutputTag<Announcement> QUALITY = new OutputTag<>("quality") {};
    /** What symptoms do that patterns of several facilities look for. */
    public static final OutputTag<Showing> SHOWINGS = new OutputTag<>("showings") {};
    /** Where facilities are on their network. */
    public static final OutputTag<Link> LINKS = new OutputTag<>("links") {};

    /** That the rules go to every subtask; nothing is kept in it. */
    static final MapStateDescriptor<Void, Void> RULES = new MapStateDescriptor<>("rules-v1", Types.VOID, Types.VOID);

    /** Messages of one facility that may wait for its asset. */
    static final int MOST_WAITING = 10_000;

    /** Log clock after which a facility looks whether other rules hold, ms, when neither a message nor a deadline makes it look. */
    static final long LOOK_MILLIS = 30_000;

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(DetectFunction.class);

    private final PackSource packSource;
    private final RuleSource.Loader ruleLoader;
    private final ZoneId zone;
    private final CityClock clock;

    private transient KnownRules rules;
    private transient FacilityDetections detections;
    private transient ValueState<FacilityState> states;
    private transient ValueState<FacilityAsset> assets;
    private transient ListState<TelemetryMessage> waiting;
    private transient Counter withoutFacility;

    /** @param zone where the city lives */
    public DetectFunction(PackSource packSource, RuleSource.Loader ruleLoader, ZoneId zone, CityClock clock) {
        this.packSource = packSource;
        this.ruleLoader = ruleLoader;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        var packs = packSource.packs();
        rules = new KnownRules(packs, getRuntimeContext().getMetricGroup().counter("refusedRules")::inc);
        var runtime = getRuntimeContext();
        states = runtime.getState(new ValueStateDescriptor<>("facility-v2", FacilityState.class));
        assets = runtime.getState(new ValueStateDescriptor<>("asset-v1", FacilityAsset.class));
        waiting = runtime.getListState(new ListStateDescriptor<>("waiting-v1", TelemetryMessage.class));
        withoutFacility = runtime.getMetricGroup().counter("messagesWithoutFacility");
        rules.load(ruleLoader.load());
        detections = new FacilityDetections(packs, rules.book(), zone, clock);
    }

    @Override
    public void processElement(FacilityInput input, ReadOnlyContext context, Collector<Announcement> out)
            throws Exception {
        if (input.message() != null) {
            onMessage(input.message(), context, out);
        } else if (input.asset() != null) {
            onAsset(input.asset(), context, out);
        } else {
            var asset = assets.value();
            var state = state();
            if (asset == null) {
                // A job that begins anew may hear what was said of a facility's alarms before it hears of the facility.
                FacilityDetection.note(state, input.verdict());
                states.update(state);
            } else if (!asset.removed()) {
                detections.on(asset, state, input.verdict(), announcements(context, out));
                keep(state, context.timerService());
            }
        }
    }

    /** What holds from when is in the record: facilities look again when they are next judged, or their timer comes. */
    @Override
    public void processBroadcastElement(RuleUpdate update, Context context, Collector<Announcement> out) {
        update.rule().filter(rules::take).ifPresent(rule -> detections.become(rules.book(), rule.getScope()));
    }

    private void onMessage(TelemetryMessage message, ReadOnlyContext context, Collector<Announcement> out)
            throws Exception {
        var asset = assets.value();
        var state = state();
        if (asset == null) {
            if (state.waiting < MOST_WAITING) {
                state.waiting++;
                waiting.add(message);
                states.update(state);
            } else {
                countDropped(message);
            }
            return;
        }
        if (asset.removed()) {
            countDropped(message);
            return;
        }
        var announcements = announcements(context, out);
        detections.on(asset, state, message, announcements);
        keep(state, context.timerService());
    }

    private void onAsset(FacilityAsset asset, ReadOnlyContext context, Collector<Announcement> out) throws Exception {
        var state = state();
        var announcements = announcements(context, out);
        var before = assets.value();
        assets.update(asset);
        boolean left = before != null && !before.removed() && !before.domain().equals(asset.domain());
        if (left) {
            context.output(LINKS, Link.gone(before.domain(), asset.id()));
        }
        if (!asset.removed()) {
            context.output(LINKS, Link.of(asset));
        }
        if (asset.removed()) {
            detections.end(asset, state, announcements);
            waiting.clear();
            states.clear();
            return;
        }
        detections.become(asset, state, announcements);
        if (state.waiting > 0) {
            state.waiting = 0;
            for (var message : waiting.get()) {
                detections.on(asset, state, message, announcements);
            }
            waiting.clear();
        }
        keep(state, context.timerService());
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<Announcement> out) throws Exception {
        var asset = assets.value();
        var state = states.value();
        if (asset == null || state == null || timeMillis != state.timerMillis) {
            return;
        }
        state.timerMillis = Long.MAX_VALUE;
        var announcements = announcements(context, out);
        detections.conclude(asset, state, timeMillis, announcements);
        keep(state, context.timerService());
    }

    private FacilityState state() throws Exception {
        var state = states.value();
        return state == null ? new FacilityState() : state;
    }

    private void keep(FacilityState state, TimerService timers) throws Exception {
        long next = state.dueMillis;
        long now = timers.currentWatermark();
        // Before the first tick there is no time, and at the end of the log there is none left.
        if (now > Long.MIN_VALUE && now < Long.MAX_VALUE - LOOK_MILLIS) {
            next = Math.min(next, now + LOOK_MILLIS);
        }
        if (next < state.timerMillis) {
            state.timerMillis = next;
            timers.registerEventTimeTimer(next);
        }
        states.update(state);
    }

    private void countDropped(TelemetryMessage message) {
        withoutFacility.inc();
        if (Long.bitCount(withoutFacility.getCount()) == 1) {
            LOG.error(
                    "{} message(s) not judged because their facility is not in the catalogue; newest of {}",
                    withoutFacility.getCount(),
                    message.facility());
        }
    }

    private static FacilityDetection.Announcements announcements(ReadOnlyContext context, Collector<Announcement> out) {
        return new FacilityDetection.Announcements() {
            @Override
            public void alarm(Alarm alarm) {
                out.collect(new Announcement(Ids.alarmKey(alarm.getFacility(), alarm.getRule()), alarm.toByteArray()));
            }

            @Override
            public void quality(PointQuality quality) {
                context.output(QUALITY, new Announcement(quality.getPoint(), quality.toByteArray()));
            }

            @Override
            public void showing(Showing showing) {
                context.output(SHOWINGS, showing);
            }
        };
    }
}
