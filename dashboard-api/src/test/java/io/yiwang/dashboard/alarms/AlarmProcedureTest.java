package io.yiwang.dashboard.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import org.junit.jupiter.api.Test;

class AlarmProcedureTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();

    private static Alarm.Builder alarm(AlarmKind kind, String metric, String side) {
        return Alarm.newBuilder()
                .setKind(kind)
                .setDomain("water_supply")
                .setMetric(metric)
                .setRule(metric + "." + side)
                .setEvidence(Evidence.newBuilder().setSide(side));
    }

    @Test
    void ofTheProcessIsThatOfItsMetric() {
        var found = AlarmProcedure.of(
                PACKS, alarm(AlarmKind.PROCESS, "ws_network_pressure", "ll").build());
        assertThat(found)
                .isEqualTo(PACKS.metric("ws_network_pressure").orElseThrow().procedure());
        assertThat(PACKS.domain("water_supply").orElseThrow().procedures()).containsKey(found);
    }

    @Test
    void ofAnInstrumentIsACommonOneWhateverItMeasures() {
        var silent = AlarmProcedure.of(
                PACKS,
                alarm(AlarmKind.INSTRUMENT, "ws_network_pressure", "silent").build());
        var range = AlarmProcedure.of(
                PACKS,
                alarm(AlarmKind.INSTRUMENT, "ws_network_pressure", "range").build());
        assertThat(silent).isEqualTo("check_device");
        assertThat(range).isEqualTo("check_instrument");
        assertThat(PACKS.common().orElseThrow().procedures()).containsKeys(silent, range);
        assertThat(AlarmProcedure.of(
                        PACKS,
                        alarm(AlarmKind.INSTRUMENT, "ws_network_pressure", "clock")
                                .build()))
                .isEqualTo("set_clock");
        assertThat(AlarmProcedure.of(
                        PACKS,
                        alarm(AlarmKind.INSTRUMENT, "dev_repeats", "repeats").build()))
                .isEqualTo("check_device");
        assertThat(AlarmProcedure.of(
                        PACKS,
                        alarm(AlarmKind.INSTRUMENT, "ws_network_pressure", "other")
                                .build()))
                .isNull();
    }

    @Test
    void ofAPatternIsThePatterns() {
        var pattern = PACKS.all().stream()
                .flatMap(domain -> domain.patterns().stream()
                        .filter(p -> p.procedure() != null)
                        .map(p -> alarm(AlarmKind.INCIDENT, "", "")
                                .setDomain(domain.id())
                                .setRule("pattern." + p.id())
                                .build()))
                .findFirst()
                .orElseThrow();
        assertThat(AlarmProcedure.of(PACKS, pattern)).isNotNull();
        assertThat(AlarmProcedure.of(
                        PACKS, pattern.toBuilder().setRule("pattern.none").build()))
                .isNull();
    }
}
