package io.yiwang.model.rule;

import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where rules hold, and how that is written. */
public final class Scopes {
    /** Whole domains first, then types, facilities and devices; within these by name. */
    static final Comparator<RuleScope> ORDER =
            Comparator.<RuleScope>comparingInt(Scopes::narrowness).thenComparing(Scopes::text);

    private Scopes() {}

    /** All of a domain. */
    public static RuleScope domain(String domain) {
        return RuleScope.newBuilder().setDomain(domain).build();
    }

    /** All facilities of a type. */
    public static RuleScope type(String domain, String type) {
        return RuleScope.newBuilder().setDomain(domain).setFacilityType(type).build();
    }

    public static RuleScope facility(String domain, String facility) {
        return RuleScope.newBuilder().setDomain(domain).setFacility(facility).build();
    }

    public static RuleScope device(String domain, String facility, String device) {
        return RuleScope.newBuilder()
                .setDomain(domain)
                .setFacility(facility)
                .setDevice(device)
                .build();
    }

    /** {@code domain/type/facility/device}, with nothing between the strokes of what it leaves open; ids hold no stroke. */
    public static String text(RuleScope scope) {
        return String.join("/", scope.getDomain(), scope.getFacilityType(), scope.getFacility(), scope.getDevice());
    }

    /** @throws IllegalArgumentException when it is not what {@link #text} writes */
    public static RuleScope parse(String text) {
        var parts = text.split("/", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("'" + text + "' is not domain/type/facility/device");
        }
        return RuleScope.newBuilder()
                .setDomain(parts[0])
                .setFacilityType(parts[1])
                .setFacility(parts[2])
                .setDevice(parts[3])
                .build();
    }

    /** Key of a record in topic {@code rules}: every version of every id and scope stays. */
    public static String key(RuleRecord rule) {
        return rule.getId() + "#" + text(rule.getScope()) + "#" + rule.getVersion();
    }

    /** 0 = all of a domain, 1 = a type, 2 = a facility, 3 = a device. */
    public static int narrowness(RuleScope scope) {
        if (!scope.getDevice().isEmpty()) {
            return 3;
        }
        return !scope.getFacility().isEmpty() ? 2 : !scope.getFacilityType().isEmpty() ? 1 : 0;
    }

    /** Whether the scope holds for the facility or for one of its devices, present or not. */
    public static boolean concerns(RuleScope scope, Facility facility) {
        return scope.getDomain().equals(facility.getDomain())
                && (scope.getFacilityType().isEmpty() || scope.getFacilityType().equals(facility.getType()))
                && (scope.getFacility().isEmpty() || scope.getFacility().equals(facility.getId()));
    }

    /** What concerns the facility as a whole, the widest first; of one without an id, what concerns its type. */
    static List<RuleScope> of(Facility facility) {
        var scopes = new ArrayList<RuleScope>(3);
        scopes.add(domain(facility.getDomain()));
        if (!facility.getType().isEmpty()) {
            scopes.add(type(facility.getDomain(), facility.getType()));
        }
        if (!facility.getId().isEmpty()) {
            scopes.add(facility(facility.getDomain(), facility.getId()));
        }
        return scopes;
    }
}
