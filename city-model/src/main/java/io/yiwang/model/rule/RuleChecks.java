package io.yiwang.model.rule;

import io.yiwang.model.domain.Averaging;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Expressions;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.Maintenance;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a rule of people must be to hold. One home for it: what an editor refuses, no job accepts. */
public final class RuleChecks {
    /** Begins the id of a limit that no pack has. */
    public static final String OWN = "own.";
    /** Begins the id of a maintenance window. */
    public static final String MAINTENANCE = "maintenance.";
    /** Ends the id of a setting of what is learned of a metric. */
    public static final String BASELINE = ".baseline";
    /** Id of a setting of what is learned of a device's points together. */
    public static final String JOINT = "joint";
    /** Begins the id of a setting of an incident; the pattern's id follows. */
    public static final String PATTERN = io.yiwang.model.domain.Pattern.RULE;

    /** Longest delay of an alarm, s. */
    public static final int LONGEST_DELAY_SECONDS = (int) Duration.ofDays(7).toSeconds();
    /** Longest maintenance window, ms. */
    public static final long LONGEST_MAINTENANCE_MILLIS = Duration.ofDays(366).toMillis();

    private static final int LONGEST_TEXT = 2000;
    private static final int LONGEST_EXPRESSION = 500;
    private static final int MOST_STATES = 50;
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9_-]{0,79}");

    private final DomainPacks packs;

    public RuleChecks(DomainPacks packs) {
        this.packs = packs;
    }

    /** What is wrong with the rule in itself; empty = nothing. Never throws. */
    public Optional<Refusal> refusal(RuleRecord rule) {
        try {
            check(rule, null);
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of(e.refusal);
        }
    }

    /** What is wrong with the rule in itself or for the facility of its scope; empty = nothing. Never throws. */
    public Optional<Refusal> refusal(RuleRecord rule, Facility facility) {
        try {
            check(rule, facility);
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of(e.refusal);
        }
    }

    /** The same, and whether it fits beside what else holds at the facility: between a low and a high limit a value must find room. */
    public Optional<Refusal> refusal(RuleRecord rule, Facility facility, RuleBook book) {
        return refusal(rule, facility).or(() -> crossing(rule, facility, book));
    }

    private Optional<Refusal> crossing(RuleRecord rule, Facility facility, RuleBook book) {
        var limits = book.with(rule).rulesOf(packs, facility, Long.MAX_VALUE).limits();
        for (var changed : limits) {
            if (!rule.getScope().equals(changed.scope()) || !changed.rule().id().equals(rule.getId())) {
                continue;
            }
            for (var other : limits) {
                if (other.rule().metric().equals(changed.rule().metric())
                        && other.rule().statistic().equals(changed.rule().statistic())
                        && !Collections.disjoint(other.devices(), changed.devices())
                        && leaveNoRoom(changed.rule(), other.rule())) {
                    return Optional.of(new Refusal(
                            "limit.value",
                            new Name(
                                    "与 " + other.rule().id() + "（"
                                            + shown(other.rule().limit()) + "）冲突：任何值都会告警",
                                    "with " + other.rule().id() + " at "
                                            + shown(other.rule().limit()) + " every value would be an alarm")));
                }
            }
        }
        return Optional.empty();
    }

    /** Limits that move are not compared: they are NaN. */
    private static boolean leaveNoRoom(Rule one, Rule other) {
        return isLow(one) && isHigh(other) && one.limit() >= other.limit()
                || isHigh(one) && isLow(other) && one.limit() <= other.limit();
    }

    private static boolean isLow(Rule rule) {
        return rule.side() == Side.LL || rule.side() == Side.L;
    }

    private static boolean isHigh(Rule rule) {
        return rule.side() == Side.H || rule.side() == Side.HH || rule.side() == Side.X;
    }

    private void check(RuleRecord rule, @Nullable Facility facility) {
        require(
                rule.getVersion() >= 1,
                "version",
                "版本从 1 起递增，不能是 " + rule.getVersion(),
                "versions are 1, 2, 3 …, not " + rule.getVersion());
        require(rule.getValidFromMillis() > 0, "valid_from_millis", "没有写明何时生效", "it does not say from when it holds");
        require(!rule.getChangedBy().isBlank(), "changed_by", "没有写明由谁修改", "it does not say who made it");
        require(
                rule.getChangedBy().length() <= LONGEST_TEXT && rule.getNote().length() <= LONGEST_TEXT,
                "note",
                "备注最多 " + LONGEST_TEXT + " 个字符",
                "a note has at most " + LONGEST_TEXT + " characters");
        var domain = scope(rule.getScope());
        if (facility != null) {
            fits(rule.getScope(), facility);
        }
        switch (rule.getKindCase()) {
            case LIMIT -> limit(rule, domain, facility);
            case MAINTENANCE -> maintenance(rule);
            case LEARNED -> learned(rule, domain, facility);
            case WITHDRAWAL ->
                require(
                        isPackLimit(rule.getId(), domain)
                                || isWord(rule.getId(), OWN)
                                || isWord(rule.getId(), MAINTENANCE)
                                || isSetting(rule.getId(), domain),
                        "id",
                        "“" + rule.getId() + "”不是可以修改的规则",
                        "'" + rule.getId() + "' names nothing that people could have changed");
            case KIND_NOT_SET -> throw new Refused("kind", "没有写明修改什么", "it does not say what it changes");
        }
    }

    private Domain scope(RuleScope scope) {
        var domain = packs.domain(scope.getDomain())
                .orElseThrow(() -> new Refused(
                        "scope.domain",
                        "没有专业“" + scope.getDomain() + "”",
                        "there is no domain '" + scope.getDomain() + "'"));
        require(
                scope.getFacilityType().isEmpty() || domain.typesById().containsKey(scope.getFacilityType()),
                "scope.facility_type",
                domain.id() + " 没有设施类型“" + scope.getFacilityType() + "”",
                domain.id() + " has no facility type '" + scope.getFacilityType() + "'");
        require(
                scope.getFacility().isEmpty() || Ids.isValid(scope.getFacility()),
                "scope.facility",
                "“" + scope.getFacility() + "”不是设施编号",
                "'" + scope.getFacility() + "' is no facility's id");
        require(
                scope.getFacility().isEmpty() || scope.getFacilityType().isEmpty(),
                "scope.facility_type",
                "设施已有类型，二者只写其一",
                "a facility has its type; name one of them only");
        require(
                scope.getDevice().isEmpty() || Ids.isValid(scope.getDevice()),
                "scope.device",
                "“" + scope.getDevice() + "”不是设备编号",
                "'" + scope.getDevice() + "' is no device's id");
        require(
                scope.getDevice().isEmpty() || !scope.getFacility().isEmpty(),
                "scope.facility",
                "写设备时须同时写明设施",
                "a device is named with its facility");
        return domain;
    }

    private static void fits(RuleScope scope, Facility facility) {
        require(
                Scopes.concerns(scope, facility),
                "scope.facility",
                "设施 " + facility.getId() + " 不在范围 " + Scopes.text(scope) + " 内",
                "facility " + facility.getId() + " is not of " + Scopes.text(scope));
        require(
                scope.getDevice().isEmpty()
                        || facility.getDevicesList().stream()
                                .anyMatch(device -> device.getId().equals(scope.getDevice())),
                "scope.device",
                "设施 " + facility.getId() + " 没有设备“" + scope.getDevice() + "”",
                "facility " + facility.getId() + " has no device '" + scope.getDevice() + "'");
    }

    private void limit(RuleRecord rule, Domain domain, @Nullable Facility facility) {
        var change = rule.getLimit();
        var metric = metric(change.getMetric(), domain, "limit.metric", rule.getScope(), facility);
        if (!isWord(rule.getId(), OWN)) {
            require(
                    isPackLimit(rule.getId(), domain),
                    "id",
                    "“" + rule.getId() + "”既不是专业包中的限值，也不是“" + OWN + "”加 a-z、0-9、_、- 组成的名称",
                    "'" + rule.getId() + "' is neither a limit of the pack nor '" + OWN
                            + "' and a word of a-z, 0-9, _ and -");
            require(
                    rule.getId().equals(metric.code() + "." + change.getSide()),
                    "limit.side",
                    rule.getId() + " 不能改成 " + metric.code() + "." + change.getSide(),
                    rule.getId() + " cannot become " + metric.code() + "." + change.getSide());
        }
        if (change.getDisabled()) {
            return;
        }
        var limit = limit(change, metric);
        if (facility != null) {
            resolvable(rule, metric, limit, domain.parametersOf(facility), codes(domain.measuredBy(facility)));
            return;
        }
        // Which facilities there are is not known here: one type for which it can be read is enough.
        var types = domain.facilityTypes().stream()
                .filter(type -> rule.getScope().getFacilityType().isEmpty()
                        || type.id().equals(rule.getScope().getFacilityType()))
                .toList();
        Refused first = null;
        for (var type : types) {
            try {
                resolvable(
                        rule,
                        metric,
                        limit,
                        type.parameters(),
                        domain.metricsByCode().keySet());
                return;
            } catch (Refused e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        resolvable(rule, metric, limit, Map.of(), domain.metricsByCode().keySet());
    }

    private static Limit limit(LimitChange change, Metric metric) {
        var side = Arrays.stream(Side.values())
                .filter(s -> s.code().equals(change.getSide()))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        "limit.side",
                        "方向应为 ll、l、h、hh、x 或 state，不能是“" + change.getSide() + "”",
                        "a side is ll, l, h, hh, x or state, not '" + change.getSide() + "'"));
        var isState = side == Side.STATE;
        require(
                isState == change.getValue().isBlank(),
                "limit.value",
                isState ? "状态类规则填写状态，不填限值" : "需要填写数值或表达式",
                isState ? "a state has states, not a limit" : "it needs a number or an expression");
        require(
                change.getValue().length() <= LONGEST_EXPRESSION,
                "limit.value",
                "表达式最多 " + LONGEST_EXPRESSION + " 个字符",
                "an expression has at most " + LONGEST_EXPRESSION + " characters");
        require(
                isState != change.getValuesList().isEmpty() && change.getValuesCount() <= MOST_STATES,
                "limit.values",
                isState ? "需要 1 到 " + MOST_STATES + " 个状态" : "只有状态类规则可填状态",
                isState ? "it needs 1 to " + MOST_STATES + " states" : "only a state has states");
        for (double state : change.getValuesList()) {
            require(
                    metric.range().contains(state)
                            && (metric.states().isEmpty() || metric.states().containsKey((int) Math.rint(state))),
                    "limit.values",
                    metric.name().zh() + " 没有状态 " + shown(state),
                    metric.code() + " has no state " + shown(state));
        }
        require(
                change.getGrade() >= 1 && change.getGrade() <= 4,
                "limit.grade",
                "等级为 1 到 4，不能是 " + change.getGrade(),
                "grades are 1 to 4, not " + change.getGrade());
        delay(change.getOnDelaySeconds(), "limit.on_delay_seconds");
        delay(change.getOffDelaySeconds(), "limit.off_delay_seconds");
        require(
                !change.hasDeadband()
                        || change.getDeadband() >= 0
                                && change.getDeadband() <= metric.range().span(),
                "limit.deadband",
                "回差应在 0 到 " + shown(metric.range().span()) + "（" + metric.name().zh() + "的量程）之间",
                "a deadband is 0 to " + shown(metric.range().span()) + ", the span of " + metric.code());
        var statistic = change.getStatistic();
        var isRaw = statistic.isEmpty() || statistic.equals(Limit.RAW);
        require(
                isRaw || Averaging.of(statistic).isPresent(),
                "limit.statistic",
                "“" + statistic + "”不是已知的统计量",
                "'" + statistic + "' is none of raw, "
                        + Arrays.stream(Averaging.values()).map(Averaging::code).collect(Collectors.joining(", ")));
        require(
                isRaw || metric.kind() == Metric.Kind.ANALOG && metric.period() > 0,
                "limit.statistic",
                metric.name().zh() + " 不是按固定周期测量的模拟量，没有均值",
                metric.code() + " has no mean: it is not measured at a steady pace");
        require(
                change.getSource().length() <= LONGEST_TEXT,
                "limit.source",
                "依据最多 " + LONGEST_TEXT + " 个字符",
                "a source has at most " + LONGEST_TEXT + " characters");
        return limitOf(change, metric);
    }

    /** What people would write to have the pack's limit. */
    public static LimitChange changeOf(Metric metric, Limit limit) {
        var change = LimitChange.newBuilder()
                .setMetric(metric.code())
                .setSide(limit.side().code())
                .setValue(limit.value() == null ? "" : limit.value())
                .addAllValues(limit.values())
                .setGrade(limit.grade())
                .setOnDelaySeconds(limit.onDelay())
                .setOffDelaySeconds(limit.offDelay())
                .setStatistic(limit.statistic())
                .setSource(limit.source());
        if (limit.deadband() != null) {
            change.setDeadband(limit.deadband());
        }
        return change.build();
    }

    /** The change in the pack's words; it must have passed the checks. */
    public static Limit limitOf(LimitChange change, Metric metric) {
        var side = Side.valueOf(change.getSide().toUpperCase(Locale.ROOT));
        var value = change.getValue().isBlank() ? null : change.getValue();
        return new Limit(
                side,
                value,
                change.getValuesList(),
                change.getGrade(),
                change.getOnDelaySeconds(),
                change.getOffDelaySeconds(),
                change.hasDeadband() ? change.getDeadband() : null,
                change.getStatistic().isEmpty() ? Limit.RAW : change.getStatistic(),
                change.getSource().isBlank() ? "site" : change.getSource(),
                confidence(change, side, metric));
    }

    /** The word of the people of the place needs no confirmation by them; what they left as the pack has it is as sure as there. */
    private static String confidence(LimitChange change, Side side, Metric metric) {
        return metric.limits().stream()
                .filter(limit -> limit.side() == side
                        && change.getValue().equals(limit.value() == null ? "" : limit.value())
                        && change.getSource().equals(limit.source()))
                .map(Limit::confidence)
                .findFirst()
                .orElse("V");
    }

    private static void resolvable(
            RuleRecord rule, Metric metric, Limit limit, Map<String, Double> parameters, Set<String> metrics) {
        Rule resolved;
        try {
            resolved = Expressions.resolve(rule.getId(), rule.getVersion(), metric, limit, parameters, metrics);
        } catch (IllegalArgumentException e) {
            throw new Refused("limit.value", "无法按此判断：" + e.getMessage(), String.valueOf(e.getMessage()));
        }
        misfit(resolved, metric).ifPresent(name -> {
            throw new Refused("limit.value", name.zh(), name.en());
        });
    }

    /** @throws IllegalArgumentException with a sentence when the limit cannot be judged with these parameters and metrics */
    static Rule resolved(
            RuleRecord rule, Metric metric, Limit limit, Map<String, Double> parameters, Set<String> metrics) {
        var resolved = Expressions.resolve(rule.getId(), rule.getVersion(), metric, limit, parameters, metrics);
        misfit(resolved, metric).ifPresent(name -> {
            throw new IllegalArgumentException(name.en());
        });
        return resolved;
    }

    /** Why a limit that can be read is still none for the metric. */
    private static Optional<Name> misfit(Rule rule, Metric metric) {
        var formula = rule.formula();
        if (formula != null && !formula.districtMetrics().isEmpty()) {
            return Optional.of(
                    new Name("随区县均值变化的限值暂不判定", "a limit that moves with a mean over the district is not judged"));
        }
        if (rule.side() != Side.STATE && formula == null && !metric.range().contains(rule.limit())) {
            var unit = metric.unit().equals("1") ? "" : " " + metric.unit().replaceAll("[{}]", "");
            return Optional.of(new Name(
                    shown(rule.limit()) + " 超出" + metric.name().zh() + "的量程 "
                            + shown(metric.range().low()) + " 至 "
                            + shown(metric.range().high()) + unit,
                    shown(rule.limit()) + " lies outside the range of "
                            + metric.name().en() + ", " + shown(metric.range().low()) + " to "
                            + shown(metric.range().high()) + unit));
        }
        return Optional.empty();
    }

    private static void maintenance(RuleRecord rule) {
        require(
                isWord(rule.getId(), MAINTENANCE),
                "id",
                "维护窗口的编号为“" + MAINTENANCE + "”加 a-z、0-9、_、- 组成的名称",
                "the id of a maintenance window is '" + MAINTENANCE + "' and a word of a-z, 0-9, _ and -");
        Maintenance window = rule.getMaintenance();
        require(window.getFromMillis() > 0, "maintenance.from_millis", "没有写明开始时间", "it does not say when it begins");
        require(
                window.getToMillis() > window.getFromMillis(),
                "maintenance.to_millis",
                "结束时间早于开始时间",
                "it ends before it has begun");
        require(
                window.getToMillis() - window.getFromMillis() <= LONGEST_MAINTENANCE_MILLIS,
                "maintenance.to_millis",
                "持续时间超过一年",
                "it lasts longer than a year");
    }

    private void learned(RuleRecord rule, Domain domain, @Nullable Facility facility) {
        require(
                isSetting(rule.getId(), domain),
                "id",
                "设置的编号为 " + domain.id() + " 的指标加“" + BASELINE + "”、“" + JOINT + "”或“" + PATTERN + "”加专业包中的事件，不能是“"
                        + rule.getId() + "”",
                "the id of a setting is a metric of " + domain.id() + " and '" + BASELINE + "', '" + JOINT + "', or '"
                        + PATTERN + "' and a pattern of its pack, not '" + rule.getId() + "'");
        baselineOf(rule.getId(), domain)
                .ifPresent(code -> require(
                        metric(code, domain, "id", rule.getScope(), facility).learned(),
                        "id",
                        "指标 " + code + " 不学习常态，没有可更改的设置",
                        "what is usual for metric " + code + " is not learned; there is nothing to set"));
        patternOf(rule.getId(), domain).ifPresent(pattern -> pattern(pattern, rule.getScope(), domain, facility));
        LearnedChange change = rule.getLearned();
        require(
                change.getGrade() >= 0 && change.getGrade() <= 4,
                "learned.grade",
                "等级为 1 到 4，0 表示默认等级，不能是 " + change.getGrade(),
                "grades are 1 to 4, or 0 for the usual one, not " + change.getGrade());
    }

    private static Metric metric(
            String code, Domain domain, String field, RuleScope scope, @Nullable Facility facility) {
        var metric = domain.metricsByCode().get(code);
        if (metric == null) {
            throw new Refused(
                    field, domain.id() + " 没有指标“" + code + "”", domain.id() + " has no metric '" + code + "'");
        }
        if (facility != null) {
            require(
                    facility.getDevicesList().stream()
                            .filter(device -> scope.getDevice().isEmpty()
                                    || device.getId().equals(scope.getDevice()))
                            .flatMap(device -> device.getPointsList().stream())
                            .anyMatch(point -> point.getMetric().equals(code)),
                    field,
                    (scope.getDevice().isEmpty() ? "设施 " + facility.getId() : "设备 " + scope.getDevice()) + " 不测量 "
                            + code,
                    (scope.getDevice().isEmpty() ? "facility " + facility.getId() : "device " + scope.getDevice())
                            + " does not measure " + code);
        }
        return metric;
    }

    private static boolean isPackLimit(String id, Domain domain) {
        int dot = id.indexOf('.');
        var metric = dot < 0 ? null : domain.metricsByCode().get(id.substring(0, dot));
        return metric != null
                && metric.limits().stream()
                        .anyMatch(limit -> Expressions.id(metric, limit).equals(id));
    }

    private static Optional<String> baselineOf(String id, Domain domain) {
        return id.endsWith(BASELINE)
                ? Optional.of(id.substring(0, id.length() - BASELINE.length()))
                        .filter(domain.metricsByCode()::containsKey)
                : Optional.empty();
    }

    private static boolean isSetting(String id, Domain domain) {
        return id.equals(JOINT)
                || baselineOf(id, domain).isPresent()
                || patternOf(id, domain).isPresent();
    }

    private static Optional<io.yiwang.model.domain.Pattern> patternOf(String id, Domain domain) {
        return domain.patterns().stream()
                .filter(pattern -> id.equals(PATTERN + pattern.id()))
                .findFirst();
    }

    private static void pattern(
            io.yiwang.model.domain.Pattern pattern, RuleScope scope, Domain domain, @Nullable Facility facility) {
        require(
                domain.patternsAlone().contains(pattern),
                "id",
                pattern.name().zh() + "由多个设施共同判定，不能在此设置",
                "'" + pattern.name().en() + "' is judged over several facilities and cannot be set here");
        require(
                scope.getDevice().isEmpty(),
                "scope.device",
                "综合事件属于设施，不属于单台设备",
                "an incident is of a facility, not of one of its devices");
        var type = facility == null ? scope.getFacilityType() : facility.getType();
        require(
                type.isEmpty() || pattern.facilityTypes().contains(type),
                "scope.facility_type",
                "此类设施不判定" + pattern.name().zh(),
                "'" + pattern.name().en() + "' is not judged at facilities of type " + type);
    }

    private static boolean isWord(String id, String prefix) {
        return id.startsWith(prefix)
                && WORD.matcher(id.substring(prefix.length())).matches();
    }

    private static void delay(int seconds, String field) {
        require(
                seconds >= 0 && seconds <= LONGEST_DELAY_SECONDS,
                field,
                "延时应在 0 到 " + LONGEST_DELAY_SECONDS + " 秒之间，不能是 " + seconds,
                "a delay is 0 to " + LONGEST_DELAY_SECONDS + " s, not " + seconds);
    }

    private static Set<String> codes(Set<Metric> metrics) {
        return metrics.stream().map(Metric::code).collect(Collectors.toSet());
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    private static void require(boolean holds, String field, String zh, String en) {
        if (!holds) {
            throw new Refused(field, zh, en);
        }
    }

    /** Never leaves this class: a rule that cannot hold is an outcome. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Refusal refusal;

        Refused(String field, String zh, String en) {
            super(en, null, false, false);
            refusal = new Refusal(field, new Name(zh, en));
        }
    }
}
