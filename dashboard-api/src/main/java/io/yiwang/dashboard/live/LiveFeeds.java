package io.yiwang.dashboard.live;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.alarms.AlarmFeed;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.dashboard.kafka.TopicReader.Start;
import io.yiwang.dashboard.pipeline.PipelineMonitor;
import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Connects topics to the live view and the live view to the hub. */
@Component
class LiveFeeds implements SmartLifecycle {
    /** So far back telemetry is read at the start: the page is full at once. */
    private static final Duration FILL = Duration.ofMinutes(10);
    /** Open windows of every rate are written again well within this. */
    private static final Duration FILL_RATES = Duration.ofHours(2);

    private static final int RATE_SECONDS = 5;
    private static final int MINUTE = 60;
    private static final long PARTS_MILLIS = 5_000;

    private final LiveCity city;
    private final AlarmFeed alarms;
    private final PipelineMonitor pipeline;
    private final LiveRates rates = new LiveRates();
    private final Meter received = new Meter();
    private final Meter rejected = new Meter();
    private final LiveHub hub;
    private final InstantSource clock;
    private final String bootstrap;
    /** A fraction of the pace at which values reach a browser. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private final List<TopicReader> readers = new ArrayList<>();
    private volatile Map<String, Object> parts = Map.of();
    private volatile boolean running;
    /** For the hub's thread. */
    private long nextLookMillis;

    LiveFeeds(
            LiveCity city,
            AlarmFeed alarms,
            PipelineMonitor pipeline,
            DomainPacks packs,
            JsonMapper json,
            InstantSource clock,
            DashboardSettings settings) {
        this.city = city;
        this.alarms = alarms;
        this.pipeline = pipeline;
        this.clock = clock;
        bootstrap = settings.kafka();
        var build = LiveFeeds.class.getPackage().getImplementationVersion();
        hub = new LiveHub(
                new LiveChannels(city, rates, this::system, packs, json),
                city::lagMillis,
                clock,
                build == null ? "dev" : build);
        city.onAlarms(ids -> hub.alarmsChanged());
    }

    LiveHub hub() {
        return hub;
    }

    /** What channel {@code system} shows. */
    Map<String, Object> system() {
        var now = clock.millis();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("msgPerSecond", received.within(RATE_SECONDS, now) / (double) RATE_SECONDS);
        facts.put("rejectedPerMinute", rejected.within(MINUTE, now));
        var lag = city.lagMillis();
        facts.put("lagMillis", lag.isPresent() ? lag.getAsLong() : null);
        facts.put("clients", hub.clients());
        var trouble = alarms.trouble();
        facts.put("alarms", trouble == null ? "UP" : "DOWN");
        lookAtParts(now);
        parts.forEach((name, status) -> facts.put("part:" + name, status));
        return facts;
    }

    /** Asking the parts may take seconds: done beside, and only while somebody watches. */
    private void lookAtParts(long now) {
        if (now < nextLookMillis) {
            return;
        }
        nextLookMillis = now + PARTS_MILLIS;
        CompletableFuture.runAsync(() -> {
            var seen = new LinkedHashMap<String, Object>();
            pipeline.health()
                    .parts()
                    .forEach((name, status) -> seen.put(name, status.status().name()));
            parts = seen;
        });
    }

    @Override
    public synchronized void start() {
        var now = clock.instant();
        hub.start();
        readers.add(new TopicReader(bootstrap, Topics.TELEMETRY, Start.since(now.minus(FILL)), GATHER, record -> {
            var before = city.messages();
            city.telemetry(record);
            if (city.messages() > before) {
                received.count(record.timestamp());
            }
        }));
        readers.add(new TopicReader(bootstrap, Topics.QUALITY, Start.beginning(), city::quality));
        readers.add(new TopicReader(bootstrap, Topics.RATES, Start.since(now.minus(FILL_RATES)), rates::take));
        readers.add(new TopicReader(
                bootstrap,
                Topics.REJECTED,
                Start.since(now.minusSeconds(MINUTE)),
                record -> rejected.count(record.timestamp())));
        running = true;
    }

    @Override
    public synchronized void stop() {
        running = false;
        hub.stop();
        readers.forEach(TopicReader::close);
        readers.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
