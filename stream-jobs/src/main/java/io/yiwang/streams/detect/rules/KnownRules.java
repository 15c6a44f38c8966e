package io.yiwang.streams.detect.rules;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.Refusal;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.RuleRecord;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule book of one operator: loaded when it opens, then kept by the changes that come. The same record may come by both ways and any
 * number of times. A record that cannot hold is logged and counted once and changes nothing. Not thread-safe.
 */
public final class KnownRules {
    private static final Logger LOG = LoggerFactory.getLogger(KnownRules.class);
    /** Refused records that are known again when they come again; of more, some are counted twice. */
    private static final int MOST_REMEMBERED = 10_000;

    private final RuleChecks checks;
    private final Runnable onRefused;
    private final Set<String> refused = new HashSet<>();
    private RuleBook book = RuleBook.EMPTY;

    /** @param onRefused called once for each record that cannot hold, e.g. to count it */
    public KnownRules(DomainPacks packs, Runnable onRefused) {
        checks = new RuleChecks(packs);
        this.onRefused = onRefused;
    }

    /** What is known now. */
    public RuleBook book() {
        return book;
    }

    /** Takes what was made so far, in the order of the topic. */
    public void load(Collection<RuleRecord> rules) {
        book = book.takeAll(rules, checks, this::refused);
    }

    /** Takes one change. @return whether the book is another one now */
    public boolean take(RuleRecord rule) {
        var taken = book.take(rule, checks);
        if (taken.refusal() != null) {
            refused(rule, taken.refusal());
            return false;
        }
        // A book that has the record already stays itself.
        boolean changed = taken.book() != book;
        book = taken.book();
        return changed;
    }

    private void refused(RuleRecord rule, Refusal refusal) {
        var key = Scopes.key(rule);
        if (refused.contains(key)) {
            return;
        }
        if (refused.size() < MOST_REMEMBERED) {
            refused.add(key);
        }
        onRefused.run();
        LOG.warn("rule {} by '{}' cannot hold and is left out: {}", key, rule.getChangedBy(), refusal);
    }
}
