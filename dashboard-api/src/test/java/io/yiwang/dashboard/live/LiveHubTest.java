package io.yiwang.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.dashboard.TestingClock;
import io.yiwang.dashboard.alarms.AlarmFeed;
import io.yiwang.dashboard.alarms.AlarmView;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LiveHubTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final DomainPacks PACKS = DomainPacks.bundled();

    private final TestingClock clock = new TestingClock(Instant.parse("2026-03-02T00:00:00Z"));
    private final TestingAlarms alarms = new TestingAlarms();
    private final AtomicInteger systemAsked = new AtomicInteger();
    private final LiveCity city =
            new LiveCity(new NoAssets(), PACKS, alarms, CityClock.wallClock().beside(clock));
    private final LiveHub hub = new LiveHub(
            new LiveChannels(city, new LiveRates(), () -> Map.of("asked", systemAsked.incrementAndGet()), PACKS, JSON),
            OptionalLong::empty,
            clock,
            "test");

    @BeforeEach
    void start() {
        city.onAlarms(ids -> hub.alarmsChanged());
        hub.start();
    }

    @AfterEach
    void stop() {
        hub.stop();
    }

    @Test
    void aSlowBrowserIsSkippedThenClosedAndOthersNeverWait() {
        var slow = new TestingWire();
        var quick = new TestingWire();
        slow.holds = true;
        var slowClient = hub.connect(slow);
        hub.subscribe(slowClient, 1, "alarms", null, null);
        hub.subscribe(hub.connect(quick), 1, "alarms", null, null);
        await().until(() -> quick.has("\"t\":\"snap\""));
        for (var version = 1; version <= 20; version++) {
            alarms.tell(TestingAlarms.alarm("a", version, "unacked"));
            var expected = "\"version\":" + version + ",";
            await().until(() -> quick.has(expected));
        }
        assertThat(slow.texts).as("one frame in flight, nothing more").hasSize(1);
        clock.advance(Duration.ofMillis(10_001));
        await().until(() -> slow.closed == 4408);
        assertThat(quick.closed).isZero();
        await().until(() -> hub.clients() == 1);
    }

    @Test
    void whatASlowBrowserGetsWhenItCanIsThePresent() {
        var wire = new TestingWire();
        hub.subscribe(hub.connect(wire), 1, "alarms", null, null);
        await().until(() -> wire.has("\"t\":\"snap\""));
        wire.holds = true;
        alarms.tell(TestingAlarms.alarm("a", 1, "unacked"));
        await().until(() -> wire.has("\"version\":1,"));
        alarms.tell(TestingAlarms.alarm("a", 2, "unacked"));
        alarms.tell(TestingAlarms.alarm("a", 3, "acked"));
        wire.release();
        await().until(() -> wire.has("\"version\":3,"));
    }

    @Test
    void nothingIsComputedForChannelsThatNobodyWatches() {
        var wire = new TestingWire();
        var client = hub.connect(wire);
        hub.subscribe(client, 1, "system", null, null);
        await().until(() -> wire.has("[\"asked\",1]"));
        clock.advance(Duration.ofSeconds(2));
        await().until(() -> wire.has("[\"asked\",2]"));
        hub.unsubscribe(client, "system");
        clock.advance(Duration.ofSeconds(5));
        await().until(() -> wire.has("\"t\":\"hb\""));
        clock.advance(Duration.ofSeconds(5));
        await().until(() -> wire.count("\"t\":\"hb\"") >= 2);
        assertThat(systemAsked).hasValue(2);
    }

    @Test
    void aClosedAlarmStaysAMinuteAndThenGoes() {
        var wire = new TestingWire();
        alarms.tell(TestingAlarms.alarm("a", 1, "unacked"));
        hub.subscribe(hub.connect(wire), 1, "alarms", null, null);
        await().until(() -> wire.has("\"version\":1,"));
        alarms.tell(TestingAlarms.alarm("a", 2, "closed"));
        await().until(() -> wire.has("\"version\":2,"));
        alarms.tell(TestingAlarms.alarm("a", 1, "unacked"));
        alarms.tell(TestingAlarms.alarm("b", 1, "unacked"));
        await().until(() -> wire.has("[\"b\","));
        assertThat(wire.count("\"version\":1,\"rule\""))
                .as("older news is not believed")
                .isEqualTo(2);
        clock.advance(Duration.ofSeconds(61));
        await().until(() -> wire.has("\"x\":[\"a\"]"));
    }

    @Test
    void whoSignedOutIsClosed() {
        var wire = new TestingWire();
        hub.connect(wire);
        await().until(() -> wire.has("\"t\":\"hello\""));
        wire.signedIn = false;
        clock.advance(Duration.ofSeconds(10));
        await().until(() -> wire.closed == 4401);
    }

    @Test
    void aRestartIsAnnounced() {
        var wire = new TestingWire();
        hub.connect(wire);
        await().until(() -> wire.has("\"t\":\"hello\""));
        hub.stop();
        await().until(() -> wire.closed == 1012);
        assertThat(wire.texts).last().asString().contains("\"t\":\"bye\"");
    }

    @Test
    void whatMeansNothingIsRefusedAndTheConnectionStays() {
        var wire = new TestingWire();
        hub.subscribe(hub.connect(wire), 7, "points:nowhere", null, null);
        await().until(() -> wire.has("\"id\":7,\"code\":\"UNKNOWN_CHANNEL\""));
        assertThat(wire.closed).isZero();
    }

    /** Takes frames at once, or holds the one in flight until it is released. */
    private static final class TestingWire implements LiveHub.Wire {
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private volatile boolean holds;
        private volatile boolean signedIn = true;
        private volatile int closed;
        private volatile @Nullable Consumer<@Nullable Throwable> inFlight;

        @Override
        public void send(String text, Consumer<@Nullable Throwable> done) {
            texts.add(text);
            if (holds) {
                inFlight = done;
            } else {
                done.accept(null);
            }
        }

        void release() {
            holds = false;
            inFlight.accept(null);
        }

        @Override
        public void close(int code, String reason) {
            closed = code;
        }

        @Override
        public boolean allowed() {
            return signedIn;
        }

        boolean has(String part) {
            return texts.stream().anyMatch(text -> text.contains(part));
        }

        long count(String part) {
            return texts.stream().filter(text -> text.contains(part)).count();
        }
    }

    private static final class TestingAlarms implements AlarmFeed {
        private final List<Consumer<List<AlarmView>>> listeners = new CopyOnWriteArrayList<>();

        void tell(AlarmView alarm) {
            listeners.forEach(listener -> listener.accept(List.of(alarm)));
        }

        @Override
        public void onChange(Consumer<List<AlarmView>> listener) {
            listeners.add(listener);
        }

        @Override
        public List<AlarmView> open() {
            return List.of();
        }

        @Override
        public @Nullable String trouble() {
            return null;
        }

        static AlarmView alarm(String id, int version, String state) {
            return TestingAlarmViews.alarm(id, version, "f1", 1, state);
        }
    }

    private static final class NoAssets implements AssetCatalogue {
        @Override
        public Assets current() {
            return new Assets(new Name("市", "City"), List.of(), List.of(), List.of(), PACKS);
        }

        @Override
        public void onChange(BiConsumer<Assets, Assets> listener) {
            // The ledger of this test never changes.
        }
    }
}
