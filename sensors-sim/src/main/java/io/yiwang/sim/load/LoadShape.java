package io.yiwang.sim.load;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What every load device measures: metrics of a real facility type, chosen from the packs so that one of them has a state
 * limit without on-delay, whose flip is an alarm at once.
 *
 * @param metrics codes, one value each per message; the first is the one that alarms
 * @param alarmValue value of the first metric that violates its limit; {@code calmValue} does not
 */
public record LoadShape(Domain domain, FacilityType type, List<Metric> metrics, int calmValue, int alarmValue) {
    /** Different calm readings of a metric, so that no reading looks stuck. */
    private static final int VARIANTS = 8;

    public LoadShape {
        metrics = List.copyOf(metrics);
    }

    /**
     * The first shape that the packs offer whose device has at least that many metrics; else the first with an alarm metric,
     * filled up with the domain's other analog metrics.
     *
     * @throws IllegalArgumentException when no domain has enough metrics
     */
    public static LoadShape choose(DomainPacks packs, int values) {
        if (values < 1) {
            throw new IllegalArgumentException("a message carries at least one value, not " + values);
        }
        var all = new ArrayList<LoadShape>();
        for (var domain : packs.all()) {
            for (var type : domain.facilityTypes()) {
                for (var device : type.devices()) {
                    var own = device.metrics().stream()
                            .map(code -> domain.metricsByCode().get(code))
                            .toList();
                    own.stream()
                            .filter(metric -> instantLimit(metric).isPresent())
                            .findFirst()
                            .ifPresent(metric -> all.add(of(domain, type, metric, own)));
                }
            }
        }
        return all.stream()
                .filter(shape -> shape.metrics.size() >= values)
                .min(Comparator.comparingInt(shape -> shape.ownMetrics() >= values ? 0 : 1))
                .map(shape -> shape.cut(values))
                .orElseThrow(() -> new IllegalArgumentException("no domain has " + values
                        + " metrics beside one with a state limit that has no on-delay; use fewer --values"));
    }

    private static Optional<Limit> instantLimit(Metric metric) {
        return metric.limits().stream()
                .filter(limit -> limit.side() == Side.STATE && limit.onDelay() == 0)
                .findFirst();
    }

    private static LoadShape of(Domain domain, FacilityType type, Metric alarming, List<Metric> own) {
        var bad = instantLimit(alarming).orElseThrow().values();
        int calm = alarming.states().keySet().stream()
                .sorted()
                .filter(state -> alarming.limits().stream()
                        .noneMatch(limit -> limit.values().contains((double) state)))
                .findFirst()
                .orElse((int) alarming.normal().low());
        var metrics = new LinkedHashSet<Metric>();
        metrics.add(alarming);
        metrics.addAll(own);
        domain.metrics().stream()
                .filter(metric -> metric.kind() == Metric.Kind.ANALOG)
                .forEach(metrics::add);
        return new LoadShape(
                domain, type, List.copyOf(metrics), calm, bad.get(0).intValue());
    }

    private int ownMetrics() {
        return type.devices().stream()
                .map(FacilityType.DeviceTemplate::metrics)
                .filter(codes -> codes.contains(metrics.get(0).code()))
                .mapToInt(List::size)
                .max()
                .orElse(0);
    }

    private LoadShape cut(int values) {
        return new LoadShape(domain, type, metrics.subList(0, values), calmValue, alarmValue);
    }

    public List<String> metricCodes() {
        return metrics.stream().map(Metric::code).toList();
    }

    /** The rule whose alarm a flip raises. */
    public String alarmRule() {
        return metrics.get(0).code() + "." + Side.STATE.code();
    }

    /** The {@code "values"} object of a message, JSON. Calm readings stay in the middle of the normal range. */
    public String valuesJson(long seq, boolean alarming) {
        var json = new StringBuilder("{");
        for (int i = 0; i < metrics.size(); i++) {
            var metric = metrics.get(i);
            json.append(i == 0 ? "\"" : ",\"").append(metric.code()).append("\":");
            json.append(i == 0 ? String.valueOf(alarming ? alarmValue : calmValue) : calm(metric, seq));
        }
        return json.append('}').toString();
    }

    private String calm(Metric metric, long seq) {
        if (metric.kind() == Metric.Kind.ENUM || metric.kind() == Metric.Kind.COUNTER) {
            return BigDecimal.valueOf(metric.normal().low())
                    .setScale(0, RoundingMode.CEILING)
                    .toPlainString();
        }
        var band = calmBand(metric);
        double span = band.high() - band.low();
        double middle = band.low() + span / 2;
        double value = middle + (Math.floorMod(seq, VARIANTS) - (VARIANTS - 1) / 2.0) / VARIANTS * 0.2 * span;
        return BigDecimal.valueOf(value)
                .setScale(Math.max(metric.decimals(), 3), RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The part of the normal range that is within every limit of the facility type. */
    private Range calmBand(Metric metric) {
        double low = metric.normal().low();
        double high = metric.normal().high();
        for (var rule : domain.rulesOf(facility())) {
            // Limits that move stand where the facility's other metrics put them; the middle of the normal range is
            // calm anyway.
            if (rule.metric().equals(metric.code()) && rule.formula() == null) {
                switch (rule.side()) {
                    case L, LL -> low = Math.max(low, rule.limit());
                    case H, HH, X -> high = Math.min(high, rule.limit());
                    case STATE -> {
                        // analog metrics have none
                    }
                }
            }
        }
        if (low > high) {
            throw new IllegalArgumentException(
                    "the limits of " + metric.code() + " leave no normal value for a " + type.id());
        }
        return new Range(low, high);
    }

    /** A facility of the shape with one device, for what the packs derive from a facility. */
    Facility facility() {
        var device = Device.newBuilder().setId("device");
        metrics.forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric.code())));
        return Facility.newBuilder()
                .setId("facility")
                .setDomain(domain.id())
                .setType(type.id())
                .addDevices(device)
                .build();
    }

    /** The text between a message's counter and its end, for each (variant, alarming) pair; see {@link #tail}. */
    byte[][] tails() {
        var tails = new byte[VARIANTS * 2][];
        for (int i = 0; i < tails.length; i++) {
            tails[i] = (",\"values\":" + valuesJson(i / 2, i % 2 == 1) + "}").getBytes(StandardCharsets.US_ASCII);
        }
        return tails;
    }

    static byte[] tail(byte[][] tails, long seq, boolean alarming) {
        return tails[Math.floorMod(seq, VARIANTS) * 2 + (alarming ? 1 : 0)];
    }
}
