package io.yiwang.dashboard.rules;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.RulesInForce;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.rule.Refusal;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.RuleRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** All versions of all rules, at hand; each change is one transaction: the version, its audit entry and its way to Kafka. */
@Component
class RuleLedger implements RulesInForce {
    /** From now until a version holds, on the wall: long enough for it to be known everywhere by then. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private final RuleStore store;
    private final TransactionTemplate transaction;
    private final Audit audit;
    private final AssetCatalogue assets;
    private final DomainPacks packs;
    private final RuleChecks checks;
    private final CityClock clock;
    private volatile RuleBook book;
    private volatile Runnable onChange = () -> {};

    RuleLedger(
            RuleStore store,
            TransactionTemplate transaction,
            Audit audit,
            AssetCatalogue assets,
            DomainPacks packs,
            CityClock clock) {
        this.store = store;
        this.transaction = transaction;
        this.audit = audit;
        this.assets = assets;
        this.packs = packs;
        this.checks = new RuleChecks(packs);
        this.clock = clock;
        book = RuleBook.EMPTY.withAll(
                store.all().stream().map(RuleStore.Row::record).toList());
    }

    RuleBook book() {
        return book;
    }

    /** Called after each committed change. */
    void whenChanged(Runnable listener) {
        onChange = listener;
    }

    /** What was changed a moment ago holds in a moment: here it is shown at once. */
    @Override
    public Map<String, List<Rule>> byDevice(Facility facility) {
        return RulesInForce.byDevice(book.rulesOf(packs, facility, Long.MAX_VALUE - 1));
    }

    /**
     * Makes the next version.
     *
     * @param id asked for while nobody else writes
     * @param expected the newest version that the caller knows, 0 = none
     * @param what scope, note and what is changed; the rest is filled in here
     */
    RuleRecord change(String actor, Supplier<String> id, int expected, RuleRecord what) {
        var made = transaction.execute(status -> {
            store.lock();
            var rule = id.get();
            var newest = store.newestVersion(rule, what.getScope());
            if (newest != expected) {
                throw Problem.changedMeanwhile(
                        "CHANGED_MEANWHILE",
                        rule + " is at version " + newest + " by now, not " + expected + "; look again");
            }
            var record = what.toBuilder()
                    .setId(rule)
                    .setVersion(newest + 1)
                    .setChangedBy(actor)
                    .setChangedMillis(clock.instant().toEpochMilli())
                    .setValidFromMillis(validFromMillis())
                    .build();
            check(record);
            store.insert(record);
            audit.record(actor, "rules." + action(record), rule, RuleWords.of(record));
            return record;
        });
        take(made);
        onChange.run();
        return made;
    }

    /** The base, or the base and a number; asked for by {@link #change}. */
    String freeId(String base) {
        var id = base;
        for (int number = 2; store.exists(id); number++) {
            id = base + "-" + number;
        }
        return id;
    }

    /** An id that no window had; asked for by {@link #change}. */
    String freeWindowId() {
        return RuleChecks.MAINTENANCE + store.free();
    }

    /** Log clock from which a version holds that is published now. */
    long validFromMillis() {
        return clock.instant().plus(clock.inTheCity(AHEAD)).toEpochMilli();
    }

    /** Whether there is no time left to make a version known everywhere before it holds. */
    boolean comesTooLate(RuleRecord record) {
        return record.getValidFromMillis()
                < clock.instant().plus(clock.inTheCity(AHEAD.dividedBy(2))).toEpochMilli();
    }

    synchronized void take(RuleRecord record) {
        book = book.with(record);
    }

    private void check(RuleRecord record) {
        var scope = record.getScope();
        var refusal = checks.refusal(record);
        if (refusal.isEmpty() && !scope.getFacility().isEmpty() && !record.hasWithdrawal()) {
            refusal = assets.current()
                    .facility(scope.getFacility())
                    .map(facility -> checks.refusal(record, facility, book))
                    .orElseThrow(() -> refused(new Refusal(
                            "scope.facility",
                            new Name(
                                    "台账中没有设施 " + scope.getFacility(),
                                    "no facility " + scope.getFacility() + " in the ledger"))));
        }
        refusal.ifPresent(found -> {
            throw refused(found);
        });
    }

    static Problem refused(Refusal refusal) {
        return Problem.refused(
                "RULE_REFUSED",
                refusal.sentence().en(),
                "errors",
                List.of(Map.of("column", refusal.field(), "code", "RULE_REFUSED", "sentence", refusal.sentence())));
    }

    private static String action(RuleRecord record) {
        return switch (record.getKindCase()) {
            case MAINTENANCE -> "maintenance";
            case WITHDRAWAL -> "restore";
            default -> "change";
        };
    }
}
