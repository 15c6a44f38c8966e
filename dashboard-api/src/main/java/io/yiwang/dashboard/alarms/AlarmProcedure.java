package io.yiwang.dashboard.alarms;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is to be done about an alarm, by the packs. */
final class AlarmProcedure {
    /** By side, of alarms about the instrument: a device that says nothing is no burst main. */
    private static final Map<String, String> OF_INSTRUMENTS =
            Map.of("silent", "check_device", "range", "check_instrument");

    private AlarmProcedure() {}

    /**
     * Of an instrument's alarm the common procedure for it; else of the pattern when the rule is one; else of the rule's metric.
     *
     * @return id of a procedure of the domain or of the common ones; null = the packs say nothing
     */
    static @Nullable String of(DomainPacks packs, Alarm alarm) {
        if (alarm.getKind() == AlarmKind.INSTRUMENT) {
            var common = OF_INSTRUMENTS.get(alarm.getEvidence().getSide());
            return packs.common()
                    .filter(pack -> common != null && pack.procedures().containsKey(common))
                    .map(pack -> common)
                    .orElse(null);
        }
        var ofPattern = packs.domain(alarm.getDomain()).stream()
                .flatMap(domain -> domain.patterns().stream())
                .filter(pattern -> pattern.id().equals(alarm.getRule()))
                .map(Pattern::procedure)
                .filter(Objects::nonNull)
                .findFirst();
        return ofPattern
                .or(() -> packs.metric(alarm.getMetric()).map(Metric::procedure))
                .orElse(null);
    }
}
