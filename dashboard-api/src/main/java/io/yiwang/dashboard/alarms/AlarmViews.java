package io.yiwang.dashboard.alarms;

import io.yiwang.dashboard.alarms.AlarmView.SampleView;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.notify.Notice;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gives alarms the names that people know things by; what nobody knows keeps its id. */
@Component
class AlarmViews {
    private final AssetCatalogue assets;
    private final DomainPacks packs;

    AlarmViews(AssetCatalogue assets, DomainPacks packs) {
        this.assets = assets;
        this.packs = packs;
    }

    AlarmView view(AlarmRow row) {
        var alarm = row.alarm();
        var life = row.life();
        var evidence = alarm.getEvidence();
        var metric = packs.metric(alarm.getMetric());
        return new AlarmView(
                alarm.getId(),
                life.version(),
                alarm.getRule(),
                kind(alarm),
                life.grade(),
                life.state().code(),
                life.state().active(),
                life.acked(),
                life.historic(),
                alarm.getFacility(),
                facilityName(alarm),
                alarm.getDomain(),
                alarm.getDistrict(),
                alarm.getMetric(),
                metric.map(Metric::name).orElse(new Name(alarm.getMetric(), alarm.getMetric())),
                metric.map(Metric::unit).orElse(""),
                evidence.getSide(),
                number(evidence.getLimit()),
                number(evidence.getDeadband()),
                evidence.getOnDelaySeconds(),
                evidence.getSource(),
                evidence.getConfidence(),
                Instant.ofEpochMilli(alarm.getOnsetMillis()),
                Instant.ofEpochMilli(alarm.getRaisedMillis()),
                Instant.ofEpochMilli(alarm.getLastMillis()),
                time(alarm.getClearedMillis()),
                number(alarm.getPeak()),
                time(alarm.getPeakMillis()),
                number(alarm.getLast()),
                alarm.getDevicesList(),
                evidence.getSamplesList().stream()
                        .map(sample -> new SampleView(
                                sample.getDevice(),
                                Instant.ofEpochMilli(sample.getEventTimeMillis()),
                                number(sample.getNumber())))
                        .toList(),
                life.ackedBy(),
                time(life.ackedMillis()),
                life.comments(),
                AlarmProcedure.of(packs, alarm));
    }

    Notice notice(Alarm alarm) {
        var metric = packs.metric(alarm.getMetric());
        return new Notice(
                alarm.getId(),
                alarm.getGrade(),
                kind(alarm),
                alarm.getFacility(),
                facilityName(alarm),
                alarm.getDistrict(),
                alarm.getDomain(),
                metric.map(Metric::name).orElse(new Name(alarm.getMetric(), alarm.getMetric())),
                metric.map(Metric::unit).orElse(""),
                alarm.getEvidence().getSide(),
                number(alarm.getEvidence().getLimit()),
                number(alarm.getLast()),
                Instant.ofEpochMilli(alarm.getOnsetMillis()),
                alarm.getEvidence().getSource());
    }

    private Name facilityName(Alarm alarm) {
        return assets.current()
                .facility(alarm.getFacility())
                .map(facility -> Assets.name(facility.getName()))
                .orElse(new Name(alarm.getFacility(), alarm.getFacility()));
    }

    private static String kind(Alarm alarm) {
        return alarm.getKind() == AlarmKind.INSTRUMENT
                ? "instrument"
                : AlarmKind.PROCESS.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static @Nullable Instant time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
