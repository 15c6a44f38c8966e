package io.yiwang.streams.detect.learned;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Contribution;
import io.yiwang.model.wire.Evidence;
import io.yiwang.model.wire.Learned;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.Condition;
import io.yiwang.streams.detect.course.Moment;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.joint.Joint;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What was learned as conditions: {@code <metric>.baseline} holds while a point is in an episode that its past does not explain, {@code
 * joint.<device>} while the points of a device do not fit together as they did. The learned states decide when an episode begins and
 * ends; there are no delays.
 */
public final class LearnedCondition {
    /** Before the device's id in the id of the rule. */
    public static final String JOINT = RuleChecks.JOINT + ".";

    private static final int MILDEST_GRADE = 4;
    private static final int GRADES_MILDER = 2;
    private static final int MOST_CONTRIBUTIONS = 4;

    private LearnedCondition() {}

    /** Id of the rule that watches the metric's points. */
    public static String ruleOf(String metric) {
        return metric + RuleChecks.BASELINE;
    }

    /** Whether the rule is one of what is learned. */
    public static boolean isLearned(String rule) {
        return rule.endsWith(RuleChecks.BASELINE) || rule.startsWith(JOINT);
    }

    /** The metric that such a rule watches; empty when it is a device as a whole. */
    public static String metric(String rule) {
        return rule.startsWith(JOINT) ? "" : rule.substring(0, rule.length() - RuleChecks.BASELINE.length());
    }

    /** The signal of one point; a value that stands still is the first stage's matter. */
    public static Signal ofPoint(String metric) {
        return new Signal(ruleOf(metric), LearnedCondition::judgePoint, 0, 0, false, 0);
    }

    private static Condition.Stand judgePoint(Moment moment) {
        var state = moment.point.baseline;
        // What does not deviate is never the worst reading of an episode.
        moment.severity = Double.NEGATIVE_INFINITY;
        if (state == null || !state.alarming() || state.shape() == Baseline.Shape.STUCK) {
            return Condition.Stand.WITHIN;
        }
        moment.onsetMillis = state.onsetMillis();
        moment.severity = state.score();
        double tolerance = moment.tolerance;
        var widenedBy = moment.widenedBy;
        moment.learned = () -> Learned.newBuilder()
                .setExpected(state.expected())
                .setLow(state.low())
                .setHigh(state.high())
                .setShape(state.shape().name().toLowerCase(Locale.ROOT))
                .setScore(state.score())
                .setFalseAlarmsPerMonth(Baseline.Settings.DEFAULT.falseAlarmsPerMonth())
                .setTolerance(tolerance)
                .addAllWidenedBy(widenedBy)
                .build();
        return Condition.Stand.BEYOND;
    }

    /** @param metrics of the device, in the order in which the joint state knows them */
    public static Signal ofDevice(String device, List<String> metrics) {
        return new Signal(JOINT + device, moment -> judgeDevice(moment, metrics), 0, 0, false, 0);
    }

    private static Condition.Stand judgeDevice(Moment moment, List<String> metrics) {
        var state = moment.joint;
        // What does not deviate is never the worst reading of an episode.
        moment.severity = Double.NEGATIVE_INFINITY;
        if (state == null || !state.alarming()) {
            return Condition.Stand.WITHIN;
        }
        moment.onsetMillis = state.onsetMillis();
        moment.severity = state.score();
        double tolerance = moment.tolerance;
        var widenedBy = moment.widenedBy;
        moment.learned = () -> Learned.newBuilder()
                .setShape("joint")
                .setScore(state.score())
                .setFalseAlarmsPerMonth(Joint.Settings.DEFAULT.falseAlarmsPerMonth())
                .setTolerance(tolerance)
                .addAllWidenedBy(widenedBy)
                .addAllContributions(contributions(metrics, state.contributions()))
                .build();
        return Condition.Stand.BEYOND;
    }

    private static List<Contribution> contributions(List<String> metrics, float[] shares) {
        var all = new ArrayList<Contribution>();
        for (int i = 0; i < shares.length; i++) {
            all.add(Contribution.newBuilder()
                    .setMetric(metrics.get(i))
                    .setShare(shares[i])
                    .build());
        }
        all.sort(Comparator.comparingDouble(Contribution::getShare).reversed().thenComparing(Contribution::getMetric));
        return all.subList(0, Math.min(MOST_CONTRIBUTIONS, all.size()));
    }

    /** What an alarm of the metric's points is about: milder than the metric's limits, which somebody has thought about. */
    public static Subject subject(Metric metric, FacilityAsset facility, FacilityRules.Learned setting) {
        int worst =
                metric.limits().stream().mapToInt(limit -> limit.grade()).min().orElse(MILDEST_GRADE);
        int grade = setting.grade() > 0 ? setting.grade() : Math.min(MILDEST_GRADE, worst + GRADES_MILDER);
        return subject(
                facility,
                ruleOf(metric.code()),
                metric.code(),
                grade,
                Evidence.newBuilder().setSide("baseline").setRuleVersion(setting.version()));
    }

    /** What an alarm of the device is about. */
    public static Subject subject(String device, FacilityAsset facility, FacilityRules.Learned setting) {
        return subject(
                facility,
                JOINT + device,
                "",
                setting.grade() > 0 ? setting.grade() : MILDEST_GRADE,
                Evidence.newBuilder().setSide("joint").setRuleVersion(setting.version()));
    }

    private static Subject subject(
            FacilityAsset facility, String rule, String metric, int grade, Evidence.Builder evidence) {
        return new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                rule,
                metric,
                grade,
                AlarmKind.PROCESS,
                evidence.setSource("learned").setConfidence("P").build(),
                false,
                // A learned alarm grows by how far it goes, which its score says; each worse reading is worth telling.
                0,
                false);
    }
}
