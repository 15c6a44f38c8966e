package io.yiwang.ingest.catalogue;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.unit.Conversion;
import io.yiwang.model.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * A metric that a device may report.
 *
 * @param unit UCUM unit in which the device sends it, whatever its dialect says; empty = as its dialect says, else the metric's
 * @param conversion from the ledger's unit, or from the metric's own when the ledger says none; null = the ledger's cannot be converted
 */
public record CataloguedPoint(
        Metric metric, String unit, @Nullable Conversion conversion) {
    /** With the conversion worked out, so that nothing is looked up for a message. */
    public CataloguedPoint(Metric metric, String unit) {
        this(
                metric,
                unit,
                unit.isEmpty()
                        ? Conversion.NONE
                        : Units.conversion(unit, metric.unit()).orElse(null));
    }

    /** How a value becomes one in the metric's unit; null when it cannot. What the ledger says wins over what the payload says. */
    public @Nullable Conversion conversionFrom(String said) {
        return unit.isEmpty() && !said.isEmpty()
                ? Units.conversion(said, metric.unit()).orElse(null)
                : conversion;
    }

    /** The unit in which a value is taken to be. */
    public String unitOf(String said) {
        return unit.isEmpty() ? said.isEmpty() ? metric.unit() : said : unit;
    }
}
