package io.yiwang.dashboard.alarms;

import io.yiwang.dashboard.alarms.AlarmView.ContributionView;
import io.yiwang.dashboard.alarms.AlarmView.LearnedView;
import io.yiwang.dashboard.alarms.AlarmView.MemberView;
import io.yiwang.dashboard.alarms.AlarmView.SampleView;
import io.yiwang.dashboard.alarms.AlarmView.VerdictView;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.notify.Notice;
import io.yiwang.dashboard.notify.Notice.Expected;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.NetworkChange;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Learned;
import io.yiwang.model.wire.Member;
import io.yiwang.model.wire.VerdictWord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gives alarms the names that people know things by; what nobody knows keeps its id. */
@Component
class AlarmViews {
    private static final Name UNLIKE = new Name("偏离常态", "unlike its usual course");
    private static final Name UNLIKE_TOGETHER = new Name("各测点关系失常", "points no longer fit together");

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
                facilityName(alarm.getFacility()),
                alarm.getDomain(),
                alarm.getDistrict(),
                alarm.getMetric(),
                metricName(alarm.getMetric()),
                packs.metric(alarm.getMetric()).map(Metric::unit).orElse(""),
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
                AlarmProcedure.of(packs, alarm),
                title(alarm),
                Math.max(1, alarm.getRaisedCount()),
                withdrawn(alarm),
                evidence.getStatistic().equals("raw") ? "" : evidence.getStatistic(),
                evidence.getRuleVersion(),
                evidence.hasLearned() ? learned(evidence.getLearned()) : null,
                life.incident(),
                alarm.getMembersList().stream()
                        .map(member -> member(alarm, member))
                        .toList(),
                verdict(life.verdict()));
    }

    /** What the alarm is about. */
    private Name title(Alarm alarm) {
        if (alarm.getKind() == AlarmKind.INCIDENT) {
            return AlarmProcedure.pattern(packs, alarm)
                    .map(Pattern::name)
                    .orElse(new Name(alarm.getRule(), alarm.getRule()));
        }
        return alarm.getMetric().isEmpty() && alarm.getDevicesCount() > 0
                ? deviceName(alarm.getDevices(0))
                : metricName(alarm.getMetric());
    }

    private Name deviceName(String device) {
        return assets.current()
                .device(device)
                .map(at -> Assets.name(at.device().getName()))
                .orElse(new Name(device, device));
    }

    private Name metricName(String code) {
        return packs.metric(code).map(Metric::name).orElse(new Name(code, code));
    }

    private static @Nullable String withdrawn(Alarm alarm) {
        if (alarm.getStep() != AlarmStep.WITHDRAWN) {
            return null;
        }
        return alarm.getWithdrawnReason().isEmpty() ? "correction" : alarm.getWithdrawnReason();
    }

    private LearnedView learned(Learned learned) {
        return new LearnedView(
                number(learned.getExpected()),
                number(learned.getLow()),
                number(learned.getHigh()),
                learned.getShape(),
                finite(learned.getScore(), 0),
                finite(learned.getFalseAlarmsPerMonth(), 0),
                Math.max(1, finite(learned.getTolerance(), 1)),
                learned.getWidenedByList(),
                learned.getContributionsList().stream()
                        .map(part -> new ContributionView(
                                part.getMetric(), metricName(part.getMetric()), finite(part.getShare(), 0)))
                        .toList());
    }

    private MemberView member(Alarm incident, Member member) {
        return new MemberView(
                member.getFacility(),
                facilityName(member.getFacility()),
                member.getDevice(),
                member.getMetric(),
                member.getMetric().isEmpty() ? deviceName(member.getDevice()) : metricName(member.getMetric()),
                packs.metric(member.getMetric()).map(Metric::unit).orElse(""),
                member.getSymptom(),
                symptomName(incident, member),
                Instant.ofEpochMilli(member.getOnsetMillis()),
                time(member.getClearedMillis()),
                number(member.getPeak()));
    }

    private Name symptomName(Alarm incident, Member member) {
        if (incident.getRule().equals(NetworkChange.PATTERN.rule())) {
            return member.getMetric().isEmpty() ? UNLIKE_TOGETHER : UNLIKE;
        }
        return packs.domain(incident.getDomain()).stream()
                .flatMap(domain -> domain.symptoms().stream())
                .filter(symptom -> symptom.id().equals(member.getSymptom()))
                .map(Symptom::name)
                .findFirst()
                .orElse(new Name(member.getSymptom(), member.getSymptom()));
    }

    private static @Nullable VerdictView verdict(@Nullable Said said) {
        return said == null || said.word() == VerdictWord.NO_VERDICT
                ? null
                : new VerdictView(said.code(), said.by(), Instant.ofEpochMilli(said.atMillis()), said.note());
    }

    Notice notice(Alarm alarm) {
        var evidence = alarm.getEvidence();
        return new Notice(
                alarm.getId(),
                alarm.getGrade(),
                kind(alarm),
                alarm.getFacility(),
                facilityName(alarm.getFacility()),
                alarm.getDistrict(),
                alarm.getDomain(),
                metricName(alarm.getMetric()),
                packs.metric(alarm.getMetric()).map(Metric::unit).orElse(""),
                evidence.getSide(),
                number(evidence.getLimit()),
                number(alarm.getLast()),
                Instant.ofEpochMilli(alarm.getOnsetMillis()),
                evidence.getSource(),
                title(alarm),
                evidence.hasLearned() ? expected(evidence.getLearned()) : null,
                Math.max(1, alarm.getRaisedCount()),
                withdrawn(alarm),
                alarm.getMembersList().stream()
                        .limit(Notice.MOST_MEMBERS)
                        .map(member -> sentence(member(alarm, member)))
                        .toList(),
                firstStep(alarm));
    }

    private static Expected expected(Learned learned) {
        return new Expected(number(learned.getLow()), number(learned.getHigh()), learned.getShape());
    }

    private static Name sentence(MemberView member) {
        return new Name(
                member.facilityName().zh() + " " + member.metricName().zh() + "："
                        + member.symptomName().zh(),
                member.facilityName().en() + ", " + member.metricName().en() + ": "
                        + member.symptomName().en());
    }

    private @Nullable Name firstStep(Alarm alarm) {
        var procedure = AlarmProcedure.of(packs, alarm);
        return procedure == null
                ? null
                : packs.domain(alarm.getDomain())
                        .map(domain -> domain.procedures().get(procedure))
                        .map(found -> found.steps().get(0))
                        .orElse(null);
    }

    private Name facilityName(String id) {
        return assets.current()
                .facility(id)
                .map(facility -> Assets.name(facility.getName()))
                .orElse(new Name(id, id));
    }

    private static double finite(double value, double otherwise) {
        return Double.isFinite(value) ? value : otherwise;
    }

    private static String kind(Alarm alarm) {
        return switch (alarm.getKind()) {
            case INSTRUMENT -> "instrument";
            case INCIDENT -> "incident";
            case PROCESS, UNRECOGNIZED -> "process";
        };
    }

    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static @Nullable Instant time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
