package io.yiwang.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClientViewTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> COLUMNS = List.of("id", "value");

    private final Channel channel = new Channel("facilities", COLUMNS, "e1", 0);
    private final Map<String, Channel> channels = new HashMap<>(Map.of("facilities", channel));
    private final ClientView view = new ClientView();

    @Test
    void theFirstFrameIsEverythingAndTheNextOnlyWhatChanged() {
        put("a", 1);
        put("b", 1);
        channel.commit(0);
        view.subscribe("facilities", null);
        assertThat(next(0))
                .isEqualTo("{\"t\":\"snap\",\"c\":\"facilities\",\"e\":\"e1\",\"cols\":[\"id\",\"value\"],"
                        + "\"q\":1,\"u\":[[\"a\",1],[\"b\",1]]}");
        view.sent();
        assertThat(next(0)).isNull();
        put("b", 2);
        put("a", 1);
        channel.remove("nobody", 5);
        channel.commit(5);
        assertThat(next(5))
                .isEqualTo("{\"t\":\"d\",\"c\":\"facilities\",\"p\":1,\"q\":2,\"ts\":5,\"u\":[[\"b\",2]],\"x\":[]}");
    }

    @Test
    void whileAFrameIsOnItsWayChangesAddUpToOne() {
        view.subscribe("facilities", null);
        put("a", 0);
        channel.commit(0);
        assertThat(next(0)).isNotNull();
        for (var i = 1; i <= 5; i++) {
            put("a", i);
            channel.commit(i);
            assertThat(next(i)).isNull();
        }
        assertThat(view.blockedMillis(5)).isEqualTo(5);
        view.sent();
        assertThat(next(6)).contains("\"p\":1,\"q\":6").contains("[\"a\",5]");
        view.sent();
        assertThat(next(7)).isNull();
    }

    @Test
    void twoAtTheSamePositionShareOneFrame() {
        var other = new ClientView();
        view.subscribe("facilities", null);
        other.subscribe("facilities", null);
        put("a", 1);
        channel.commit(0);
        assertThat(next(0)).isSameAs(other.next(channels::get, 0));
    }

    @Test
    void whoWasAwayLongerThanTombstonesLastGetsEverything() {
        put("a", 1);
        channel.commit(0);
        channel.remove("a", 0);
        put("b", 1);
        channel.commit(0);
        assertThat(channel.resumable(1)).isTrue();
        assertThat(channel.frameFrom(1, 0).text()).contains("\"x\":[\"a\"]");
        put("b", 2);
        channel.commit(600_001);
        assertThat(channel.resumable(1)).isFalse();
        view.subscribe("facilities", 1L);
        assertThat(next(600_001)).startsWith("{\"t\":\"snap\"");
    }

    @Test
    void aPositionFromTheFutureGetsEverything() {
        put("a", 1);
        channel.commit(0);
        view.subscribe("facilities", 99L);
        assertThat(next(0)).startsWith("{\"t\":\"snap\"");
    }

    @Test
    void alarmsGoFirstAndOthersTakeTurns() {
        for (var name : List.of("overview", "rates", "alarms")) {
            var more = new Channel(name, COLUMNS, "e1", 0);
            more.put("a", "[\"a\",1]");
            more.commit(0);
            channels.put(name, more);
            view.subscribe(name, null);
        }
        assertThat(next(0)).contains("\"alarms\"");
        view.sent();
        assertThat(next(0)).contains("\"overview\"");
        view.sent();
        channels.get("overview").put("a", "[\"a\",2]");
        channels.get("overview").commit(0);
        assertThat(next(0)).contains("\"rates\"");
    }

    @Test
    void textInRowsStaysJson() {
        var odd = "quote\" back\\slash \n tab\t 一网 \u007f";
        var row = new JsonText()
                .raw("[")
                .string(odd)
                .raw(",")
                .number(Double.NaN)
                .raw(",")
                .number(0.5)
                .raw("]");
        assertThat(JSON.readTree(row.toString()).get(0).asString()).isEqualTo(odd);
        assertThat(row.toString()).endsWith(",null,0.5]");
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    /** Changes, removals, slow periods, lost frames and reconnections at random: after a quiet moment both sides agree. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theClientEndsWithWhatTheServerHas(long seed) {
        var random = new Random(seed);
        var truth = new TreeMap<String, Integer>();
        var browser = new Browser();
        var now = 0L;
        view.subscribe("facilities", null);
        for (var step = 0; step < 300; step++) {
            now += random.nextInt(random.nextInt(20) == 0 ? 700_000 : 1_000);
            for (var change = random.nextInt(4); change > 0; change--) {
                var key = "k" + random.nextInt(12);
                if (random.nextInt(3) == 0) {
                    truth.remove(key);
                    channel.remove(key, now);
                } else {
                    var value = random.nextInt(3);
                    truth.put(key, value);
                    put(key, value);
                }
            }
            channel.commit(now);
            var frame = view.next(channels::get, now);
            if (frame != null) {
                browser.pending = random.nextInt(10) == 0 ? null : frame;
            }
            if (random.nextInt(3) > 0) {
                deliver(browser);
            }
            if (random.nextInt(15) == 0) {
                reconnect(browser, random.nextInt(4) == 0);
            }
        }
        settle(browser, now);
        // Heartbeats carry the heads: a browser that lost the last frame notices and asks again.
        if (browser.last != channel.head()) {
            reconnect(browser, false);
            settle(browser, now);
        }
        assertThat(browser.rows).isEqualTo(truth);
        assertThat(browser.last).isEqualTo(channel.head());
    }

    private void settle(Browser browser, long now) {
        for (var i = 0; i < 6; i++) {
            var frame = view.next(channels::get, now);
            if (frame != null) {
                browser.pending = frame;
            }
            deliver(browser);
        }
    }

    private void deliver(Browser browser) {
        if (browser.pending != null) {
            browser.take(JSON.readTree(browser.pending));
            browser.pending = null;
        }
        view.sent();
        if (browser.missed) {
            reconnect(browser, false);
        }
    }

    private void reconnect(Browser browser, boolean fromNothing) {
        browser.missed = false;
        view.subscribe("facilities", fromNothing || browser.last < 0 ? null : Long.valueOf(browser.last));
    }

    private String next(long now) {
        return view.next(channels::get, now);
    }

    private void put(String key, int value) {
        channel.put(key, "[\"" + key + "\"," + value + "]");
    }

    /** Does what the protocol asks of a browser. */
    private static final class Browser {
        private final Map<String, Integer> rows = new TreeMap<>();
        private long last = -1;
        private boolean missed;
        private String pending;

        void take(JsonNode frame) {
            var to = frame.get("q").asLong();
            if (frame.get("t").asString().equals("snap")) {
                rows.clear();
            } else if (to <= last) {
                return;
            } else if (frame.get("p").asLong() > last) {
                missed = true;
                return;
            } else {
                frame.get("x").forEach(key -> rows.remove(key.asString()));
            }
            frame.get("u")
                    .forEach(row -> rows.put(row.get(0).asString(), row.get(1).asInt()));
            last = to;
        }
    }
}
