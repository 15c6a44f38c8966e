package io.yiwang.streams.backtest;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.YamlFile;
import io.yiwang.model.domain.YamlFile.Problem;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.model.wire.Withdrawal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Changes of a city's rules to be tried: YAML or JSON, a list of them, in the words of the rules' REST interface. */
final class RuleChanges {
    private static final JsonMapper TREE = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String AUTHOR = "back-test";
    /** Long before any city: what is tried holds from the beginning. */
    private static final long ALWAYS_MILLIS = 1;

    private RuleChanges() {}

    /** Where it holds: all of a domain, a type of facility, a facility, a device of it. */
    private record Place(
            @Nullable String domain,
            @Nullable String type,
            @Nullable String facility,
            @Nullable String device) {
        RuleScope toWire() {
            return RuleScope.newBuilder()
                    .setDomain(orEmpty(domain))
                    .setFacilityType(orEmpty(type))
                    .setFacility(orEmpty(facility))
                    .setDevice(orEmpty(device))
                    .build();
        }
    }

    private record LimitWish(
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
        /** Metric and side of a pack's limit stand in its id. */
        LimitChange toWire(String id) {
            int dot = id.lastIndexOf('.');
            boolean isOwn = id.startsWith(RuleChecks.OWN) || dot < 0;
            var change = LimitChange.newBuilder()
                    .setMetric(metric != null ? metric : isOwn ? "" : id.substring(0, dot))
                    .setSide(side != null ? side : isOwn ? "" : id.substring(dot + 1))
                    .setValue(orEmpty(value))
                    .addAllValues(states == null ? List.of() : states)
                    .setGrade(grade == null ? 0 : grade)
                    .setOnDelaySeconds(onDelaySeconds == null ? 0 : onDelaySeconds)
                    .setOffDelaySeconds(offDelaySeconds == null ? 0 : offDelaySeconds)
                    .setStatistic(orEmpty(statistic))
                    .setSource(orEmpty(source))
                    .setDisabled(Boolean.TRUE.equals(disabled));
            if (deadband != null) {
                change.setDeadband(deadband);
            }
            return change.build();
        }
    }

    private record LearnedWish(
            @Nullable Boolean disabled, @Nullable Integer grade) {}

    /** One of {@code limit}, {@code learned} and {@code withdraw}. */
    private record Change(
            @Nullable String id,
            @Nullable Place scope,
            @Nullable LimitWish limit,
            @Nullable LearnedWish learned,
            @Nullable Boolean withdraw) {
        RuleRecord.Builder toWire() {
            var record = RuleRecord.newBuilder()
                    .setId(orEmpty(id))
                    .setScope(scope == null ? RuleScope.getDefaultInstance() : scope.toWire())
                    .setValidFromMillis(ALWAYS_MILLIS)
                    .setChangedBy(AUTHOR);
            if (limit != null) {
                record.setLimit(limit.toWire(orEmpty(id)));
            } else if (learned != null) {
                record.setLearned(LearnedChange.newBuilder()
                        .setDisabled(Boolean.TRUE.equals(learned.disabled))
                        .setGrade(learned.grade == null ? 0 : learned.grade));
            } else if (Boolean.TRUE.equals(withdraw)) {
                record.setWithdrawal(Withdrawal.getDefaultInstance());
            }
            return record;
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    /**
     * The book as if the changes of the file had always been the newest word.
     *
     * @throws IllegalArgumentException with file, line, column and reason of everything that cannot hold
     */
    static RuleBook tried(RuleBook book, Path file, DomainPacks packs) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var yaml = YamlFile.read(in, file.toString());
            var checks = new RuleChecks(packs);
            var problems = new ArrayList<Problem>();
            var next = book;
            int at = 0;
            for (var change : changes(yaml)) {
                var record = change.toWire();
                var versions = next.versions(record.getId(), record.getScope());
                record.setVersion(
                        versions.isEmpty()
                                ? 1
                                : versions.get(versions.size() - 1).getVersion() + 1);
                var taken = next.take(record.build(), checks);
                if (taken.refusal() != null) {
                    problems.add(new Problem("/" + at, taken.refusal().toString()));
                }
                next = taken.book();
                at++;
            }
            if (!problems.isEmpty()) {
                throw yaml.refusal(problems);
            }
            return next;
        }
    }

    private static Change[] changes(YamlFile yaml) {
        if (!yaml.root().isArray()) {
            throw yaml.refusal(
                    List.of(
                            new Problem(
                                    "",
                                    "write a list of changes, such as '- {id: gas_inlet_pressure.hh, scope: {domain: gas}, limit: {…}}'")));
        }
        try {
            return TREE.treeToValue(yaml.root(), Change[].class);
        } catch (JacksonException e) {
            var pointer = e.getPath().stream()
                    .map(step -> "/" + (step.getPropertyName() == null ? step.getIndex() : step.getPropertyName()))
                    .collect(Collectors.joining());
            throw yaml.refusal(List.of(new Problem(pointer, e.getOriginalMessage())));
        }
    }
}
