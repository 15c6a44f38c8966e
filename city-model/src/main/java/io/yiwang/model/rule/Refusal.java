package io.yiwang.model.rule;

import io.yiwang.model.domain.Name;

/**
 * Why a rule cannot hold.
 *
 * @param field what of it is wrong, named as in {@code RuleRecord} with a dot between levels, e.g. {@code limit.value}
 * @param sentence for people
 */
public record Refusal(String field, Name sentence) {
    /** For logs. */
    @Override
    public String toString() {
        return field + ": " + sentence.en();
    }
}
