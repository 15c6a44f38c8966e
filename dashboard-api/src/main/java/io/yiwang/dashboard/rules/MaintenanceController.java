package io.yiwang.dashboard.rules;

import io.yiwang.dashboard.Problem;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.Name;
import io.yiwang.model.rule.Refusal;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.wire.Maintenance;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.model.wire.Withdrawal;
import java.security.Principal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Times during which somebody works somewhere: process alarms are not raised there, and silence is expected. City time. */
@RestController
@RequestMapping("/api/maintenance")
class MaintenanceController {
    private static final int MOST = 1000;

    private final RuleLedger ledger;
    private final CityClock clock;

    MaintenanceController(RuleLedger ledger, CityClock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** @param state {@code planned}, {@code active} or {@code over} */
    record WindowView(
            String id,
            String window,
            ScopeView scope,
            Instant from,
            Instant to,
            String state,
            String note,
            String changedBy,
            Instant changedAt,
            int version) {}

    record WindowWish(
            @Nullable ScopeView scope,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String note) {}

    record Ending(
            @Nullable ScopeView scope,
            int expectedVersion,
            @Nullable String note) {}

    /** The last to end first; those that were taken back before they began are not among them. */
    @GetMapping
    List<WindowView> windows(
            @RequestParam @Nullable String state,
            @RequestParam @Nullable String facility,
            @RequestParam(defaultValue = "200") int limit) {
        return ledger.book().inForce(Long.MAX_VALUE).stream()
                .filter(RuleRecord::hasMaintenance)
                .map(this::view)
                .filter(window -> state == null || window.state().equals(state))
                .filter(window ->
                        facility == null || facility.equals(window.scope().facility()))
                .sorted(Comparator.comparing(WindowView::to).reversed().thenComparing(WindowView::id))
                .limit(Math.max(1, Math.min(limit, MOST)))
                .toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    WindowView create(@RequestBody WindowWish wish, Principal actor) {
        var from = required(wish.from(), "maintenance.from_millis");
        var to = required(wish.to(), "maintenance.to_millis");
        var record = RuleRecord.newBuilder()
                .setScope(RulesController.scope(wish.scope()))
                .setNote(RulesController.orEmpty(wish.note()))
                .setMaintenance(Maintenance.newBuilder()
                        .setFromMillis(from.toEpochMilli())
                        .setToMillis(to.toEpochMilli()))
                .build();
        return view(ledger.change(actor.getName(), ledger::freeWindowId, 0, record));
    }

    /** Ends what goes on, now; takes back what has not begun. */
    @PostMapping("/{window}/end")
    WindowView end(@PathVariable String window, @RequestBody Ending wish, Principal actor) {
        var scope = RulesController.scope(wish.scope());
        var before = newest(window, scope);
        long now = clock.millis();
        var record = before.toBuilder().setNote(RulesController.orEmpty(wish.note()));
        if (before.getMaintenance().getToMillis() <= now) {
            throw Problem.conflict("ALREADY_OVER", window + " is over");
        }
        if (before.getMaintenance().getFromMillis() < now) {
            record.getMaintenanceBuilder().setToMillis(now);
        } else {
            record.setWithdrawal(Withdrawal.getDefaultInstance());
        }
        var made = ledger.change(
                actor.getName(), () -> window, RulesController.orZero(wish.expectedVersion()), record.build());
        return view(
                made.hasMaintenance()
                        ? made
                        : before.toBuilder().setVersion(made.getVersion()).build());
    }

    private RuleRecord newest(String window, RuleScope scope) {
        var versions = ledger.book().versions(window, scope);
        if (versions.isEmpty()
                || !window.startsWith(RuleChecks.MAINTENANCE)
                || !versions.get(versions.size() - 1).hasMaintenance()) {
            throw Problem.notFound("UNKNOWN_WINDOW", "no maintenance window " + window);
        }
        return versions.get(versions.size() - 1);
    }

    private static Instant required(@Nullable Instant time, String field) {
        if (time == null) {
            throw RuleLedger.refused(new Refusal(field, new Name("没有写明时间", "it does not say when")));
        }
        return time;
    }

    private WindowView view(RuleRecord record) {
        var window = record.getMaintenance();
        long now = clock.millis();
        return new WindowView(
                ScopeView.id(record.getId(), record.getScope()),
                record.getId(),
                ScopeView.of(record.getScope()),
                Instant.ofEpochMilli(window.getFromMillis()),
                Instant.ofEpochMilli(window.getToMillis()),
                now < window.getFromMillis() ? "planned" : now < window.getToMillis() ? "active" : "over",
                record.getNote(),
                record.getChangedBy(),
                Instant.ofEpochMilli(record.getChangedMillis()),
                record.getVersion());
    }
}
