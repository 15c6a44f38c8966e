package io.yiwang.dashboard.rules;

import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.RuleScope;
import org.jspecify.annotations.Nullable;

/** Where a rule holds, as REST says it; what is left open is null or empty. */
record ScopeView(
        String domain,
        @Nullable String type,
        @Nullable String facility,
        @Nullable String device) {

    static ScopeView of(RuleScope scope) {
        return new ScopeView(
                scope.getDomain(),
                orNull(scope.getFacilityType()),
                orNull(scope.getFacility()),
                orNull(scope.getDevice()));
    }

    /** A facility is named without its type, which it may come with. */
    RuleScope toWire() {
        var place = orEmpty(facility);
        return RuleScope.newBuilder()
                .setDomain(orEmpty(domain))
                .setFacilityType(place.isEmpty() ? orEmpty(type) : "")
                .setFacility(place)
                .setDevice(orEmpty(device))
                .build();
    }

    /** Of a row or window in lists. */
    static String id(String rule, RuleScope scope) {
        return rule + "#" + Scopes.text(scope);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
