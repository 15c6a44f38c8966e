package io.yiwang.streams.detect.limits;

import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.detect.course.Condition;
import io.yiwang.streams.detect.course.Moment;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.kafka.FacilityAsset;

/**
 * A limit as a condition: beyond it, back by more than the deadband, or between. A limit that moves is judged where it stands by what
 * the facility knows at the reading's time, and cannot be judged while something it needs is not known.
 */
public final class LimitCondition implements Condition {
    private final Rule rule;
    private Rule moved;

    private LimitCondition(Rule rule) {
        this.rule = rule;
        this.moved = rule;
    }

    /** @param slackMillis what a next reading may take longer before the log clock concludes without it */
    public static Signal signal(Rule rule, long slackMillis) {
        return new Signal(
                rule.id(),
                new LimitCondition(rule),
                rule.onDelaySeconds(),
                rule.offDelaySeconds(),
                rule.side().lowIsWorse(),
                slackMillis);
    }

    /** What an alarm of the limit is about. */
    public static Subject subject(Rule rule, FacilityAsset facility, boolean historic) {
        var evidence = Evidence.newBuilder()
                .setSide(rule.side().code())
                .setDeadband(rule.deadband())
                .setOnDelaySeconds(rule.onDelaySeconds())
                .setSource(rule.source())
                .setConfidence(rule.confidence())
                .setStatistic(rule.statistic())
                .setRuleVersion(rule.version())
                // A state has no limit; the first of the bad ones stands for it.
                .setLimit(rule.side() == Side.STATE ? rule.states().get(0) : rule.limit());
        return new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                rule.id(),
                rule.metric(),
                rule.grade(),
                AlarmKind.PROCESS,
                evidence.build(),
                rule.side().lowIsWorse(),
                rule.deadband(),
                historic);
    }

    @Override
    public Stand judge(Moment moment) {
        var now = rule;
        if (rule.formula() != null) {
            double limit = rule.formula().at(moment.known);
            if (!Double.isFinite(limit)) {
                return Stand.UNKNOWN;
            }
            // It seldom moves between two readings.
            if (moved.limit() != limit) {
                moved = rule.at(limit);
            }
            now = moved;
            moment.limit = limit;
        }
        return now.violatedBy(moment.value)
                ? Stand.BEYOND
                : now.releasedBy(moment.value) ? Stand.WITHIN : Stand.BETWEEN;
    }
}
