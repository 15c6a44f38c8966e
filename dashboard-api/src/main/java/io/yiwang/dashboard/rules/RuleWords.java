package io.yiwang.dashboard.rules;

import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import java.time.Instant;

/** What a version says, in one line of the audit. */
final class RuleWords {
    private RuleWords() {}

    static String of(RuleRecord record) {
        var words = switch (record.getKindCase()) {
            case LIMIT -> limit(record.getLimit());
            case MAINTENANCE ->
                "from " + Instant.ofEpochMilli(record.getMaintenance().getFromMillis()) + " to "
                        + Instant.ofEpochMilli(record.getMaintenance().getToMillis());
            case LEARNED ->
                record.getLearned().getDisabled()
                        ? "off"
                        : "on, grade " + record.getLearned().getGrade();
            case WITHDRAWAL -> "back to the wider word";
            case KIND_NOT_SET -> "";
        };
        return "version " + record.getVersion() + " in " + Scopes.text(record.getScope()) + ": " + words
                + (record.getNote().isEmpty() ? "" : "; " + record.getNote());
    }

    private static String limit(LimitChange change) {
        if (change.getDisabled()) {
            return "off";
        }
        return (change.getValuesList().isEmpty() ? change.getValue() : "states " + change.getValuesList()) + ", grade "
                + change.getGrade() + ", on after " + change.getOnDelaySeconds() + " s, off after "
                + change.getOffDelaySeconds() + " s"
                + (change.hasDeadband() ? ", deadband " + change.getDeadband() : "")
                + (change.getStatistic().isEmpty() ? "" : ", " + change.getStatistic());
    }
}
