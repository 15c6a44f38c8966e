package io.yiwang.model.rule;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that people ever made of the packs' rules, every version of it. Immutable.
 *
 * <p>At a log clock, of one id and scope the highest version holds whose time has come; of several scopes the narrowest, unless what it
 * has was withdrawn. So what holds when is told by the records alone, not by when they came: a replay judges as the live run did.
 */
public final class RuleBook {
    public static final RuleBook EMPTY = new RuleBook(Map.of(), 0);

    /** Records that a book takes. */
    public static final int MOST_RECORDS = 200_000;

    private static final Refusal FULL = new Refusal(
            "version",
            new Name(
                    "规则版本已达上限 " + MOST_RECORDS + "，不再接受",
                    "there are " + MOST_RECORDS + " versions of rules, and no more are taken"));
    private static final NavigableMap<String, NavigableMap<Integer, RuleRecord>> NOTHING = new TreeMap<>();

    /** By scope, then by id, then by version. */
    private final Map<RuleScope, NavigableMap<String, NavigableMap<Integer, RuleRecord>>> byScope;

    private final int size;

    private RuleBook(Map<RuleScope, NavigableMap<String, NavigableMap<Integer, RuleRecord>>> byScope, int size) {
        this.byScope = byScope;
        this.size = size;
    }

    /** @param refusal why the record was not taken and the book is the one before; null when it was */
    public record Taken(RuleBook book, @Nullable Refusal refusal) {}

    /** The book with one more record, if that can hold. */
    public Taken take(RuleRecord rule, RuleChecks checks) {
        var refusal = checks.refusal(rule).orElse(null);
        if (refusal == null && size >= MOST_RECORDS) {
            refusal = FULL;
        }
        return new Taken(refusal == null ? with(rule) : this, refusal);
    }

    /**
     * The book with those of the records that can hold, in order.
     *
     * @param onRefused is told why of every other
     */
    public RuleBook takeAll(
            Collection<RuleRecord> rules, RuleChecks checks, BiConsumer<RuleRecord, Refusal> onRefused) {
        var usable = new ArrayList<RuleRecord>();
        for (var rule : rules) {
            var refusal = checks.refusal(rule).orElse(null);
            if (refusal == null && size + usable.size() >= MOST_RECORDS) {
                refusal = FULL;
            }
            if (refusal == null) {
                usable.add(rule);
            } else {
                onRefused.accept(rule, refusal);
            }
        }
        return withAll(usable);
    }

    /** The book with one more record, or with another in the place of one of its id, scope and version. It must be one that can hold. */
    public RuleBook with(RuleRecord rule) {
        return withAll(List.of(rule));
    }

    /** The same of several, in order; this book itself when it has them all. */
    public RuleBook withAll(Collection<RuleRecord> rules) {
        if (rules.stream().allMatch(this::holds)) {
            return this;
        }
        var scopes = new HashMap<>(byScope);
        int count = size;
        for (var rule : rules) {
            var ids = new TreeMap<>(scopes.getOrDefault(rule.getScope(), NOTHING));
            var versions = new TreeMap<>(ids.getOrDefault(rule.getId(), new TreeMap<>()));
            if (versions.put(rule.getVersion(), rule) == null) {
                count++;
            }
            ids.put(rule.getId(), versions);
            scopes.put(rule.getScope(), ids);
        }
        return new RuleBook(scopes, count);
    }

    private boolean holds(RuleRecord rule) {
        var versions = ids(rule.getScope()).get(rule.getId());
        return versions != null && rule.equals(versions.get(rule.getVersion()));
    }

    /** Every version of everything: the widest scopes first, then by id and version. {@link #withAll} makes the same book of them. */
    public List<RuleRecord> records() {
        var records = new ArrayList<RuleRecord>(size);
        byScope.keySet().stream()
                .sorted(Scopes.ORDER)
                .forEach(scope -> ids(scope).values().forEach(versions -> records.addAll(versions.values())));
        return records;
    }

    /** What scopes have at a log clock, as they state it: the widest scopes first, then by id. */
    public List<RuleRecord> inForce(long logMillis) {
        var records = new ArrayList<RuleRecord>();
        byScope.keySet().stream().sorted(Scopes.ORDER).forEach(scope -> {
            for (var id : ids(scope).keySet()) {
                var record = inForce(scope, id, logMillis);
                if (record != null) {
                    records.add(record);
                }
            }
        });
        return records;
    }

    /** Every version of one thing, the oldest first; empty when people never touched it. */
    public List<RuleRecord> versions(String id, RuleScope scope) {
        return List.copyOf(ids(scope).getOrDefault(id, new TreeMap<>()).values());
    }

    /** What holds at a facility at a log clock, epoch ms. A facility of a domain without a pack has nothing. */
    public FacilityRules rulesOf(DomainPacks packs, Facility facility, long logMillis) {
        return packs.domain(facility.getDomain())
                .map(domain -> new Resolution(this, domain, facility, logMillis).rules())
                .orElseGet(() -> new FacilityRules(
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        nextChangeMillis(facility, logMillis),
                        List.of()));
    }

    /** Log clock after {@code logMillis} at which something else may hold; {@code Long.MAX_VALUE} = nothing else is known. */
    public long nextChangeMillis(Facility facility, long logMillis) {
        var scopes = Scopes.of(facility);
        facility.getDevicesList()
                .forEach(device -> scopes.add(Scopes.device(facility.getDomain(), facility.getId(), device.getId())));
        long next = Long.MAX_VALUE;
        for (var scope : scopes) {
            for (var versions : ids(scope).values()) {
                for (var rule : versions.values()) {
                    if (rule.getValidFromMillis() > logMillis) {
                        next = Math.min(next, rule.getValidFromMillis());
                    }
                }
            }
        }
        return next;
    }

    /** Ids that people made something of in a scope. */
    NavigableMap<String, NavigableMap<Integer, RuleRecord>> ids(RuleScope scope) {
        return byScope.getOrDefault(scope, NOTHING);
    }

    /** Every version of one id in all scopes, the widest scopes first. */
    public List<RuleRecord> versions(String id) {
        return byScope.keySet().stream()
                .sorted(Scopes.ORDER)
                .flatMap(scope -> versions(id, scope).stream())
                .toList();
    }

    /** What a scope has of an id at a log clock; null = nothing, nothing yet, or nothing any more. */
    @Nullable
    RuleRecord inForce(RuleScope scope, String id, long logMillis) {
        var versions = ids(scope).get(id);
        if (versions == null) {
            return null;
        }
        for (var rule : versions.descendingMap().values()) {
            if (rule.getValidFromMillis() <= logMillis) {
                return rule.hasWithdrawal() ? null : rule;
            }
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RuleBook book && book.byScope.equals(byScope);
    }

    @Override
    public int hashCode() {
        return byScope.hashCode();
    }

    @Override
    public String toString() {
        return "RuleBook of " + size + " records";
    }
}
