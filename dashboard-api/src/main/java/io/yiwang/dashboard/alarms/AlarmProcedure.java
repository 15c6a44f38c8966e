package io.yiwang.dashboard.alarms;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.NetworkChange;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be done about an alarm, by the packs. */
final class AlarmProcedure {
    /** By side, of alarms about the instrument: a device that says nothing is no burst main. */
    private static final Map<String, String> OF_INSTRUMENTS = Map.of(
            "silent", "check_device",
            "range", "check_instrument",
            "stuck", "check_instrument",
            "rate", "check_instrument",
            "noise", "check_instrument",
            "clock", "set_clock",
            "repeats", "check_device");

    private AlarmProcedure() {}

    /**
     * Of an instrument's alarm the common procedure for it; of an incident its pattern's; else the metric's.
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
        var ofPattern = pattern(packs, alarm).map(Pattern::procedure);
        return ofPattern
                .or(() -> packs.metric(alarm.getMetric()).map(Metric::procedure))
                .orElse(null);
    }

    /** The pattern that an incident is an instance of; empty for other alarms, and when the pack no longer has it. */
    static Optional<Pattern> pattern(DomainPacks packs, Alarm alarm) {
        return Stream.concat(
                        Stream.of(NetworkChange.PATTERN),
                        packs.domain(alarm.getDomain()).stream().flatMap(domain -> domain.patterns().stream()))
                .filter(pattern -> pattern.rule().equals(alarm.getRule()))
                .findFirst();
    }
}
