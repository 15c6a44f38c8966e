package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state of {@link FacilityDetection}, by facility. Messages of a facility wait until its asset is known. State ends when
 * the facility leaves the catalogue; only the mark that it left stays.
 */
public final class DetectFunction
        extends KeyedCoProcessFunction<String, TelemetryMessage, FacilityAsset, Announcement> {
    /** Quality changes, the second output. */
    public static final OutputTag<Announcement> QUALITY = new OutputTag<>("quality") {};

    /** Messages of one facility that may wait for its asset. */
    static final int MOST_WAITING = 10_000;

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(DetectFunction.class);

    private final PackSource packSource;
    private final ZoneId zone;
    private final CityClock clock;

    private transient DomainPacks packs;
    private transient Map<String, FacilityDetection> detections;
    private transient ValueState<FacilityState> states;
    private transient ValueState<FacilityAsset> assets;
    private transient ListState<TelemetryMessage> waiting;
    private transient Counter withoutFacility;

    /** @param zone where the city lives */
    public DetectFunction(PackSource packSource, ZoneId zone, CityClock clock) {
        this.packSource = packSource;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        packs = packSource.packs();
        detections = new HashMap<>();
        var runtime = getRuntimeContext();
        states = runtime.getState(new ValueStateDescriptor<>("facility-v1", FacilityState.class));
        assets = runtime.getState(new ValueStateDescriptor<>("asset-v1", FacilityAsset.class));
        waiting = runtime.getListState(new ListStateDescriptor<>("waiting-v1", TelemetryMessage.class));
        withoutFacility = runtime.getMetricGroup().counter("messagesWithoutFacility");
    }

    @Override
    public void processElement1(TelemetryMessage message, Context context, Collector<Announcement> out)
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
        detection(asset, state, announcements).on(state, message, announcements);
        keep(state, context.timerService());
    }

    @Override
    public void processElement2(FacilityAsset asset, Context context, Collector<Announcement> out) throws Exception {
        var state = state();
        var announcements = announcements(context, out);
        detections.remove(asset.id());
        var detection = detection(asset, state, announcements);
        assets.update(asset);
        if (asset.removed()) {
            detections.remove(asset.id());
            waiting.clear();
            states.clear();
            return;
        }
        if (state.waiting > 0) {
            state.waiting = 0;
            for (var message : waiting.get()) {
                detection.on(state, message, announcements);
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
        detection(asset, state, announcements).conclude(state, timeMillis, announcements);
        keep(state, context.timerService());
    }

    private FacilityState state() throws Exception {
        var state = states.value();
        return state == null ? new FacilityState() : state;
    }

    /** Compiled once per asset and start of the operator; what the catalogue or the packs no longer hold lets go first. */
    private FacilityDetection detection(
            FacilityAsset asset, FacilityState state, FacilityDetection.Announcements announcements) {
        var known = detections.get(asset.id());
        if (known != null) {
            return known;
        }
        var detection = new FacilityDetection(packs, asset, zone, clock);
        detections.put(asset.id(), detection);
        detection.adopt(state, announcements);
        return detection;
    }

    private void keep(FacilityState state, TimerService timers) throws Exception {
        if (state.dueMillis < state.timerMillis) {
            state.timerMillis = state.dueMillis;
            timers.registerEventTimeTimer(state.timerMillis);
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

    private static FacilityDetection.Announcements announcements(Context context, Collector<Announcement> out) {
        return new FacilityDetection.Announcements() {
            @Override
            public void alarm(Alarm alarm) {
                out.collect(new Announcement(Ids.alarmKey(alarm.getFacility(), alarm.getRule()), alarm.toByteArray()));
            }

            @Override
            public void quality(PointQuality quality) {
                context.output(QUALITY, new Announcement(quality.getPoint(), quality.toByteArray()));
            }
        };
    }
}
