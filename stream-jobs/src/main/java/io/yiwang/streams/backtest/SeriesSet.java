package io.yiwang.streams.backtest;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.domain.Range;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Series that one device measures together, told as a facility of a domain of its own, so that they are judged as any other device.
 *
 * @param names as the file has them
 * @param packs the domain with a metric for each series, in their order
 */
record SeriesSet(List<String> names, DomainPacks packs, FacilityAsset asset) {
    static final String DEVICE = "device";
    private static final String DOMAIN = "backtest";
    private static final String TYPE = "recording";
    private static final Name NAME = new Name("回测", "back-test");
    /** Where nobody says what is possible: so wide that sums and spans of it are still numbers. */
    private static final Range ANYTHING = new Range(-1e300, 1e300);

    /** What a series is judged as. */
    record Series(
            String name, int periodSeconds, @Nullable Range range, List<Limit> limits, Metric.@Nullable Kind kind) {}

    static SeriesSet of(String facility, List<Series> series) {
        var metrics = new ArrayList<Metric>();
        var points = new ArrayList<PointAsset>();
        for (int i = 0; i < series.size(); i++) {
            var one = series.get(i);
            var range = one.range == null ? ANYTHING : one.range;
            metrics.add(new Metric(
                    code(i),
                    NAME,
                    "1",
                    range,
                    range,
                    one.periodSeconds,
                    one.kind == null ? Metric.Kind.ANALOG : one.kind,
                    Map.of(),
                    3,
                    one.limits));
            points.add(new PointAsset(code(i), one.periodSeconds));
        }
        var type = new FacilityType(TYPE, NAME, Map.of(), Operating.WHILE_REPORTING, List.of());
        var domain = Domain.of(DOMAIN, NAME, "1", NAME, List.of(type), metrics);
        var asset = new FacilityAsset(
                facility, DOMAIN, TYPE, "file", Map.of(), List.of(new DeviceAsset(DEVICE, points)), true, false);
        return new SeriesSet(
                series.stream().map(Series::name).toList(), DomainPacks.of(List.of(domain), List.of()), asset);
    }

    /** Codes have the order of the series. */
    static String code(int series) {
        return String.format(Locale.ROOT, "s%06d", series);
    }

    /** Place of the series whose metric this is; {@link Episodes#TOGETHER} when it is none of one series alone. */
    int seriesOf(String metric) {
        return metric.startsWith("s") ? Integer.parseInt(metric.substring(1)) : Episodes.TOGETHER;
    }

    int size() {
        return names.size();
    }
}
