package io.yiwang.model.rule;

import io.yiwang.model.domain.Rule;
import io.yiwang.model.wire.RuleScope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit and the devices of the facility that it is judged for.
 *
 * @param rule as evaluated for the facility
 * @param devices ids of devices that measure the rule's metric, sorted, never empty. A metric may have several rules of one id, each for
 *     other devices; they are one alarm.
 * @param scope where people made it so; null = the pack's word
 */
public record PlacedRule(
        Rule rule, List<String> devices, @Nullable RuleScope scope) {
    public PlacedRule {
        devices = List.copyOf(devices);
    }
}
