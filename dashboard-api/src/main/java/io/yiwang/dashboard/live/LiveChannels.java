package io.yiwang.dashboard.live;

import io.yiwang.dashboard.assets.LiveState.FacilityState;
import io.yiwang.model.domain.DomainPacks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Which channels there are and how their rows are made from the city as it is now. */
final class LiveChannels {
    static final String ALARMS = "alarms";
    /** A row that changes in nothing but its last time is sent again only after so long. */
    private static final long LAST_TIME_STEP_MILLIS = 5_000;

    private final LiveCity city;
    private final LiveRates rates;
    private final Supplier<Map<String, Object>> system;
    private final DomainPacks packs;
    private final JsonMapper json;

    /** @param system name to value (number, text or null) of channel {@code system} */
    LiveChannels(
            LiveCity city, LiveRates rates, Supplier<Map<String, Object>> system, DomainPacks packs, JsonMapper json) {
        this.city = city;
        this.rates = rates;
        this.system = system;
        this.packs = packs;
        this.json = json;
    }

    /** Brings a channel's rows up to the present. Called only while someone watches. */
    @FunctionalInterface
    interface Rows {
        void refresh(Channel channel, long nowMillis);
    }

    /** @param intervalMillis between two refreshes */
    record Kind(List<String> columns, long intervalMillis, Rows rows) {}

    /** Empty for a name that means nothing. */
    Optional<Kind> kind(String name) {
        var colon = name.indexOf(':');
        var first = colon < 0 ? name : name.substring(0, colon);
        var rest = colon < 0 ? null : name.substring(colon + 1);
        return switch (first) {
            case "overview" ->
                only(
                        rest == null,
                        () -> new Kind(
                                List.of(
                                        "domain",
                                        "facilities",
                                        "reporting",
                                        "alarms1",
                                        "alarms2",
                                        "alarms3",
                                        "alarms4",
                                        "unacked"),
                                1_000,
                                this::overview));
            case "facilities" ->
                only(
                        rest == null || packs.domain(rest).isPresent(),
                        () -> new Kind(
                                List.of(
                                        "id",
                                        "state",
                                        "grade",
                                        "unacked",
                                        "lastTime",
                                        "headlineMetric",
                                        "headlineValue"),
                                1_000,
                                new FacilityRows(rest)));
            case "points" ->
                only(
                        rest != null && city.facility(rest) != null,
                        () -> new Kind(
                                List.of("point", "value", "time", "quality", "since", "learning", "ready"),
                                500,
                                (channel, now) -> points(channel, rest, now)));
            case ALARMS -> only(rest == null, () -> new Kind(List.of("id", "alarm"), 10_000, new AlarmRows()));
            case "rates" ->
                only(
                        rest == null,
                        () -> new Kind(
                                List.of("key", "value", "numerator", "denominator", "coverage", "windowStart"),
                                5_000,
                                this::rates));
            case "system" -> only(rest == null, () -> new Kind(List.of("name", "value"), 2_000, this::system));
            default -> Optional.empty();
        };
    }

    private static Optional<Kind> only(boolean when, Supplier<Kind> kind) {
        return when ? Optional.of(kind.get()) : Optional.empty();
    }

    private void overview(Channel channel, long nowMillis) {
        long cityMillis = city.cityMillis(nowMillis);
        var sums = new TreeMap<String, int[]>();
        packs.all().forEach(domain -> sums.put(domain.id(), new int[7]));
        for (var facility : city.facilities()) {
            var sum = sums.get(facility.facility.getDomain());
            if (sum != null && facility.facility.getInService()) {
                sum[0]++;
                sum[1] += facility.reportsAt(cityMillis) ? 1 : 0;
            }
        }
        for (var alarm : city.board().open()) {
            var sum = sums.get(alarm.domain());
            if (sum != null) {
                sum[1 + alarm.grade()]++;
                sum[6] += alarm.waitsForPerson() ? 1 : 0;
            }
        }
        for (var domain : packs.all()) {
            var row = new JsonText().raw("[").string(domain.id());
            for (var number : sums.get(domain.id())) {
                row.raw(",").number(number);
            }
            channel.put(domain.id(), row.raw("]").toString());
        }
    }

    private final class FacilityRows implements Rows {
        private final @Nullable String domain;
        private final Map<String, FacilityState> shown = new HashMap<>();

        FacilityRows(@Nullable String domain) {
            this.domain = domain;
        }

        @Override
        public void refresh(Channel channel, long nowMillis) {
            var seen = new HashSet<String>();
            for (var facility : city.facilities()) {
                if (domain != null && !facility.facility.getDomain().equals(domain)) {
                    continue;
                }
                var id = facility.facility.getId();
                seen.add(id);
                var state = facility.state(city.board().of(id), city.cityMillis(nowMillis));
                if (same(shown.get(id), state)) {
                    continue;
                }
                shown.put(id, state);
                channel.put(id, row(id, state));
            }
            for (var id : channel.keys()) {
                if (!seen.contains(id)) {
                    channel.remove(id, nowMillis);
                    shown.remove(id);
                }
            }
        }

        private static boolean same(@Nullable FacilityState before, FacilityState now) {
            if (before == null) {
                return false;
            }
            var step = now.lastTimeMillis() != null
                    && (before.lastTimeMillis() == null
                            || now.lastTimeMillis() - before.lastTimeMillis() >= LAST_TIME_STEP_MILLIS);
            return !step
                    && before.state().equals(now.state())
                    && before.unacked() == now.unacked()
                    && Objects.equals(before.grade(), now.grade())
                    && Objects.equals(before.headline(), now.headline());
        }

        private static String row(String id, FacilityState state) {
            var row = new JsonText()
                    .raw("[")
                    .string(id)
                    .raw(",")
                    .string(state.state())
                    .raw(",");
            if (state.grade() == null) {
                row.raw("null");
            } else {
                row.number(state.grade().longValue());
            }
            row.raw(",").number(state.unacked()).raw(",");
            if (state.lastTimeMillis() == null) {
                row.raw("null");
            } else {
                row.number(state.lastTimeMillis().longValue());
            }
            var headline = state.headline();
            row.raw(",").string(headline == null ? null : headline.metric()).raw(",");
            return row.number(headline == null || headline.value() == null ? Double.NaN : headline.value())
                    .raw("]")
                    .toString();
        }
    }

    private void points(Channel channel, String id, long nowMillis) {
        var facility = city.facility(id);
        var seen = new HashSet<String>();
        if (facility != null) {
            for (var reading : facility.readings()) {
                seen.add(reading.point());
                var row = new JsonText()
                        .raw("[")
                        .string(reading.point())
                        .raw(",")
                        .number(reading.value())
                        .raw(",")
                        .number(reading.timeMillis())
                        .raw(",")
                        .string(reading.quality())
                        .raw(",");
                var learning = reading.learning();
                row.numberOrNull(reading.sinceMillis())
                        .raw(",")
                        .string(learning == null ? null : learning.stage())
                        .raw(",")
                        .numberOrNull(learning == null ? null : learning.readyMillis())
                        .raw("]");
                channel.put(reading.point(), row.toString());
            }
        }
        for (var point : channel.keys()) {
            if (!seen.contains(point)) {
                channel.remove(point, nowMillis);
            }
        }
    }

    /** Rows of alarms; between refreshes the hub tells it which changed. */
    final class AlarmRows implements Rows {
        private final Map<String, Integer> shown = new HashMap<>();

        @Override
        public void refresh(Channel channel, long nowMillis) {
            city.board().expire(nowMillis);
            var seen = new HashSet<String>();
            for (var alarm : city.board().shown()) {
                seen.add(alarm.id());
                var version = shown.put(alarm.id(), alarm.version());
                if (version == null || version != alarm.version()) {
                    channel.put(
                            alarm.id(),
                            new JsonText()
                                    .raw("[")
                                    .string(alarm.id())
                                    .raw(",")
                                    .raw(json.writeValueAsString(alarm))
                                    .raw("]")
                                    .toString());
                }
            }
            for (var id : channel.keys()) {
                if (!seen.contains(id)) {
                    channel.remove(id, nowMillis);
                    shown.remove(id);
                }
            }
        }
    }

    private void rates(Channel channel, long nowMillis) {
        for (var rate : rates.all()) {
            var key = LiveRates.key(rate);
            channel.put(
                    key,
                    new JsonText()
                            .raw("[")
                            .string(key)
                            .raw(",")
                            .number(percent(rate.getNumerator(), rate.getDenominator()))
                            .raw(",")
                            .number(rate.getNumerator())
                            .raw(",")
                            .number(rate.getDenominator())
                            .raw(",")
                            .number(percent(rate.getKnown(), rate.getExpected()))
                            .raw(",")
                            .number(rate.getWindowStartMillis())
                            .raw("]")
                            .toString());
        }
    }

    /** Rounded to a thousandth of a percent; NaN when there is nothing to divide by. */
    static double percent(long part, long whole) {
        return whole == 0 ? Double.NaN : Math.round(part * 100_000.0 / whole) / 1_000.0;
    }

    private void system(Channel channel, long nowMillis) {
        var facts = system.get();
        facts.forEach((name, value) -> channel.put(name, json.writeValueAsString(Arrays.asList(name, value))));
        for (var name : channel.keys()) {
            if (!facts.containsKey(name)) {
                channel.remove(name, nowMillis);
            }
        }
    }
}
