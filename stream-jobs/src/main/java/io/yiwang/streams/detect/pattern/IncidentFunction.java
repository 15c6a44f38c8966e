package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.streams.detect.Announcement;
import io.yiwang.streams.intake.PackSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of {@link NetworkIncidents}, by domain. A showing waits until the watermark, which is the log clock of the ticks, has
 * reached its log clock: then everything of that log clock is here.
 */
public final class IncidentFunction extends KeyedCoProcessFunction<String, Showing, Link, Announcement> {
    private static final long serialVersionUID = 1;
    private static final String BETWEEN = "|";

    private final PackSource packSource;

    private transient DomainPacks packs;
    private transient Map<String, NetworkIncidents> networks;
    private transient MapState<Long, Showing[]> waiting;
    private transient MapState<String, Link> links;
    private transient MapState<String, byte[]> shown;
    private transient MapState<String, byte[]> histories;
    private transient ValueState<Long> clock;

    public IncidentFunction(PackSource packSource) {
        this.packSource = packSource;
    }

    @Override
    public void open(OpenContext context) {
        packs = packSource.packs();
        networks = new HashMap<>();
        var runtime = getRuntimeContext();
        waiting = runtime.getMapState(
                new MapStateDescriptor<>("showings-v1", Types.LONG, Types.OBJECT_ARRAY(Types.POJO(Showing.class))));
        links = runtime.getMapState(new MapStateDescriptor<>("links-v1", Types.STRING, Types.POJO(Link.class)));
        var bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        shown = runtime.getMapState(new MapStateDescriptor<>("shown-v1", Types.STRING, bytes));
        histories = runtime.getMapState(new MapStateDescriptor<>("incidents-v1", Types.STRING, bytes));
        clock = runtime.getState(new ValueStateDescriptor<>("clock-v1", Types.LONG));
    }

    @Override
    public void processElement1(Showing showing, Context context, Collector<Announcement> out) throws Exception {
        var before = waiting.get(showing.logMillis());
        int size = before == null ? 0 : before.length;
        var now = new Showing[size + 1];
        if (before != null) {
            System.arraycopy(before, 0, now, 0, size);
        }
        now[size] = showing;
        waiting.put(showing.logMillis(), now);
        context.timerService().registerEventTimeTimer(showing.logMillis());
    }

    @Override
    public void processElement2(Link link, Context context, Collector<Announcement> out) throws Exception {
        var network = network(context.getCurrentKey());
        if (link.removed()) {
            links.remove(link.facility());
        } else {
            links.put(link.facility(), link);
        }
        if (network != null) {
            var log = clock.value();
            network.on(link, log == null ? Long.MIN_VALUE : log, announcements(out));
            remember(network);
        }
    }

    @Override
    public void onTimer(long logMillis, OnTimerContext context, Collector<Announcement> out) throws Exception {
        var network = network(context.getCurrentKey());
        var showings = waiting.get(logMillis);
        if (showings != null) {
            waiting.remove(logMillis);
        }
        if (network == null) {
            return;
        }
        if (showings != null) {
            network.on(List.of(showings), logMillis, announcements(out));
        }
        if (logMillis % NetworkIncidents.TIDY_MILLIS == 0) {
            network.tidy(logMillis);
        }
        if (!network.isEmpty()) {
            long next = Math.floorDiv(logMillis, NetworkIncidents.TIDY_MILLIS) + 1;
            context.timerService().registerEventTimeTimer(next * NetworkIncidents.TIDY_MILLIS);
        }
        remember(network);
    }

    /** Null for a domain that has no pack. */
    private @Nullable NetworkIncidents network(String domain) throws Exception {
        var known = networks.get(domain);
        var pack = packs.domain(domain);
        if (known != null || pack.isEmpty()) {
            return known;
        }
        var network = new NetworkIncidents(pack.get());
        var linked = new ArrayList<Link>();
        links.values().forEach(linked::add);
        var shows = new ArrayList<Shown>();
        for (var bytes : shown.values()) {
            shows.add(Shown.read(in(bytes)));
        }
        var told = new TreeMap<NetworkIncidents.Key, IncidentHistory>();
        for (var entry : histories.entries()) {
            int between = entry.getKey().indexOf(BETWEEN);
            told.put(
                    new NetworkIncidents.Key(
                            entry.getKey().substring(0, between), entry.getKey().substring(between + 1)),
                    IncidentHistory.read(in(entry.getValue())));
        }
        var log = clock.value();
        network.recall(linked, shows, told, log == null ? Long.MIN_VALUE : log);
        networks.put(domain, network);
        return network;
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private interface Form {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Form form) throws IOException {
        var bytes = new ByteArrayOutputStream();
        form.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void remember(NetworkIncidents network) throws Exception {
        for (var facility : network.takeChanged()) {
            var shows = network.shownAt(facility);
            if (shows.isEmpty()) {
                shown.remove(facility);
            } else {
                shown.put(facility, bytes(shows::write));
            }
        }
        for (var key : network.takeTold()) {
            var id = key.facility() + BETWEEN + key.rule();
            if (network.isRemembered(key)) {
                histories.put(id, bytes(network.historyOf(key)::write));
            } else {
                histories.remove(id);
            }
        }
        clock.update(network.nowMillis());
    }

    private static Consumer<Alarm> announcements(Collector<Announcement> out) {
        return alarm ->
                out.collect(new Announcement(Ids.alarmKey(alarm.getFacility(), alarm.getRule()), alarm.toByteArray()));
    }
}
