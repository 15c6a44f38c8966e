package io.yiwang.dashboard.rules;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.rules.RuleRows.RuleView;
import io.yiwang.dashboard.rules.RuleRows.Stated;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.rule.Refusal;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.model.wire.Withdrawal;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Limits and settings of what is learned and of incidents: what holds where, what people made of it, and making more of it. A change names the newest
 * version that its author knows; taking back is a new version.
 */
@RestController
@RequestMapping("/api/rules")
class RulesController {
    private static final int MOST = 2000;

    private final RuleLedger ledger;
    private final AssetCatalogue assets;
    private final DomainPacks packs;

    RulesController(RuleLedger ledger, AssetCatalogue assets, DomainPacks packs) {
        this.ledger = ledger;
        this.assets = assets;
        this.packs = packs;
    }

    /**
     * A limit as it is wanted.
     *
     * @param value number or expression over nameplate values, in the metric's unit; empty for states
     * @param deadband null = as usual
     * @param statistic null = each reading
     */
    record LimitWish(
            @Nullable String metric,
            @Nullable String side,
            @Nullable String value,
            @Nullable List<Double> states,
            @Nullable Integer grade,
            @Nullable Integer onDelaySeconds,
            @Nullable Integer offDelaySeconds,
            @Nullable Double deadband,
            @Nullable String statistic,
            @Nullable String source,
            @Nullable Boolean disabled) {
        LimitChange toWire() {
            var change = LimitChange.newBuilder()
                    .setMetric(orEmpty(metric))
                    .setSide(orEmpty(side))
                    .setValue(orEmpty(value).strip())
                    .addAllValues(states == null ? List.of() : states)
                    .setGrade(orZero(grade))
                    .setOnDelaySeconds(orZero(onDelaySeconds))
                    .setOffDelaySeconds(orZero(offDelaySeconds))
                    .setStatistic(orEmpty(statistic))
                    .setSource(orEmpty(source).strip())
                    .setDisabled(Boolean.TRUE.equals(disabled));
            if (deadband != null) {
                change.setDeadband(deadband);
            }
            return change.build();
        }
    }

    /** Of what is learned or of an incident. @param grade 1 to 4; 0 = the usual one */
    record LearnedWish(@Nullable Boolean disabled, @Nullable Integer grade) {}

    /**
     * What is to hold in a scope; either of the two.
     *
     * @param expectedVersion newest version of the rule in the scope that the author knows, 0 = none
     */
    record Wish(
            @Nullable ScopeView scope,
            @Nullable Integer expectedVersion,
            @Nullable String note,
            @Nullable LimitWish limit,
            @Nullable LearnedWish learned) {}

    /** @param version whose content is to hold again; 0 = what the wider place has, in the end the pack's word */
    record Restoration(
            @Nullable ScopeView scope,
            int expectedVersion,
            int version,
            @Nullable String note) {}

    /**
     * One version.
     *
     * @param kind {@code limit}, {@code learned}, {@code maintenance} or {@code withdrawal}
     */
    record VersionView(
            String id,
            String rule,
            ScopeView scope,
            int version,
            String kind,
            String changedBy,
            Instant changedAt,
            Instant validFrom,
            String note,
            @Nullable String metric,
            @Nullable String side,
            @Nullable Stated stated,
            boolean disabled,
            int grade) {
        static VersionView of(RuleRecord record) {
            var limit = record.hasLimit() ? record.getLimit() : null;
            return new VersionView(
                    Scopes.key(record),
                    record.getId(),
                    ScopeView.of(record.getScope()),
                    record.getVersion(),
                    record.getKindCase().name().toLowerCase(Locale.ROOT),
                    record.getChangedBy(),
                    Instant.ofEpochMilli(record.getChangedMillis()),
                    Instant.ofEpochMilli(record.getValidFromMillis()),
                    record.getNote(),
                    limit == null ? null : limit.getMetric(),
                    limit == null ? null : limit.getSide(),
                    limit == null ? null : RuleRows.stated(limit),
                    limit != null && limit.getDisabled() || record.getLearned().getDisabled(),
                    limit != null ? limit.getGrade() : record.getLearned().getGrade());
        }
    }

    /**
     * @param facility what holds there; goes before domain and type
     * @param changed true = only what people made so
     * @param after the last id of the page before
     */
    @GetMapping
    List<RuleView> rules(
            @RequestParam @Nullable String domain,
            @RequestParam @Nullable String type,
            @RequestParam @Nullable String facility,
            @RequestParam @Nullable String metric,
            @RequestParam(defaultValue = "false") boolean changed,
            @RequestParam(defaultValue = "1000") int limit,
            @RequestParam @Nullable String after) {
        var current = assets.current();
        var place = facility == null
                ? null
                : current.facility(facility)
                        .orElseThrow(() ->
                                Problem.notFound("UNKNOWN_FACILITY", "no facility " + facility + " in the ledger"));
        var of = place == null ? domain : place.getDomain();
        var rows = packs.all().stream()
                .filter(pack -> of == null || pack.id().equals(of))
                .flatMap(pack -> RuleRows.of(pack, current, ledger.book(), type, place).stream())
                .filter(row -> metric == null || row.metric().equals(metric))
                .filter(row -> !changed || row.changed());
        return page(rows, after).limit(Math.max(1, Math.min(limit, MOST))).toList();
    }

    private static Stream<RuleView> page(Stream<RuleView> rows, @Nullable String after) {
        return after == null
                ? rows
                : rows.dropWhile(row -> !row.id().equals(after)).skip(1);
    }

    /** Who changed what, the newest first. @param scope {@code domain/type/facility/device}; none = of all scopes */
    @GetMapping("/{rule}/versions")
    List<VersionView> versions(@PathVariable String rule, @RequestParam @Nullable String scope) {
        var versions =
                scope == null ? ledger.book().versions(rule) : ledger.book().versions(rule, scope(scope));
        return versions.stream()
                .sorted((a, b) -> Long.compare(b.getChangedMillis(), a.getChangedMillis()) != 0
                        ? Long.compare(b.getChangedMillis(), a.getChangedMillis())
                        : Integer.compare(b.getVersion(), a.getVersion()))
                .map(VersionView::of)
                .toList();
    }

    /** A limit that no pack has. It gets an id of its metric and side. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    VersionView create(@RequestBody Wish wish, Principal actor) {
        if (wish.limit() == null) {
            throw RuleLedger.refused(
                    new Refusal("limit", new Name("没有写明要判断什么", "it does not say what is to be judged")));
        }
        var record = wanted(wish);
        var base = RuleChecks.OWN + record.getLimit().getMetric() + "-"
                + record.getLimit().getSide();
        return VersionView.of(ledger.change(actor.getName(), () -> ledger.freeId(base), 0, record));
    }

    /** Changes, switches off or on, or gives a narrower place something of its own. */
    @PutMapping("/{rule}")
    VersionView change(@PathVariable String rule, @RequestBody Wish wish, Principal actor) {
        return VersionView.of(ledger.change(actor.getName(), () -> rule, orZero(wish.expectedVersion()), wanted(wish)));
    }

    @PostMapping("/{rule}/restore")
    VersionView restore(@PathVariable String rule, @RequestBody Restoration wish, Principal actor) {
        var scope = scope(wish.scope());
        var record = RuleRecord.newBuilder().setScope(scope).setNote(orEmpty(wish.note()));
        int wanted = orZero(wish.version());
        if (wanted == 0) {
            record.setWithdrawal(Withdrawal.getDefaultInstance());
        } else {
            var before = ledger.book().versions(rule, scope).stream()
                    .filter(version -> version.getVersion() == wanted)
                    .findFirst()
                    .orElseThrow(() -> Problem.notFound(
                            "UNKNOWN_VERSION", rule + " has no version " + wanted + " in " + Scopes.text(scope)));
            record = before.toBuilder().setNote(orEmpty(wish.note()));
        }
        return VersionView.of(
                ledger.change(actor.getName(), () -> rule, orZero(wish.expectedVersion()), record.build()));
    }

    private static RuleRecord wanted(Wish wish) {
        var record = RuleRecord.newBuilder().setScope(scope(wish.scope())).setNote(orEmpty(wish.note()));
        if (wish.limit() != null) {
            record.setLimit(wish.limit().toWire());
        } else if (wish.learned() != null) {
            record.setLearned(LearnedChange.newBuilder()
                    .setDisabled(Boolean.TRUE.equals(wish.learned().disabled()))
                    .setGrade(orZero(wish.learned().grade())));
        }
        return record.build();
    }

    static RuleScope scope(@Nullable ScopeView scope) {
        if (scope == null) {
            throw RuleLedger.refused(
                    new Refusal("scope.domain", new Name("没有写明适用范围", "it does not say where it is to hold")));
        }
        return scope.toWire();
    }

    private static RuleScope scope(String text) {
        try {
            return Scopes.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("SCOPE_INVALID", String.valueOf(e.getMessage()));
        }
    }

    static int orZero(@Nullable Integer number) {
        return number == null ? 0 : number;
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
