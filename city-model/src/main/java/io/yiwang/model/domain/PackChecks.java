package io.yiwang.model.domain;

import io.yiwang.model.domain.YamlFile.Problem;
import io.yiwang.model.unit.Units;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the parts of a pack fit together. Every contradiction is told with the JSON pointer to it. */
final class PackChecks {
    private static final Set<Integer> PROFILE_SIZES = Set.of(24, 12);
    private static final Set<String> RATE_FUNCTIONS = Set.of("SECONDS", "COUNT", "SUM", "INTEGRAL", "GROWTH", "MEAN");
    private static final Set<Fault.Op> MOVABLE = Set.of(Fault.Op.ADD, Fault.Op.MUL, Fault.Op.SET);
    private static final Set<Fault.Op> OF_MESSAGES =
            Set.of(Fault.Op.DROP, Fault.Op.CLOCK, Fault.Op.BACKFILL, Fault.Op.DUPLICATE, Fault.Op.SHUFFLE);

    private final Pack pack;
    private final @Nullable Domain common;
    private final Map<String, Metric> metrics = new HashMap<>();
    private final Map<String, FacilityType> types = new HashMap<>();
    private final Set<String> procedures;
    private final Set<String> faults;
    private final Set<String> symptoms;
    /** Everything that has a behaviour at some type. */
    private final Set<String> quantities;

    private final Map<String, String> problems = new HashMap<>();

    /** @param common the pack of what all domains share; null = there is none, or this is it */
    PackChecks(Pack pack, @Nullable Domain common) {
        this.pack = pack;
        this.common = common;
        if (common != null) {
            metrics.putAll(common.metricsByCode());
        }
        pack.metrics().forEach(metric -> metrics.put(metric.code(), metric));
        pack.facilityTypes().forEach(type -> types.put(type.id(), type));
        procedures = ids(pack.procedures(), Procedure::id);
        faults = ids(pack.faults(), Fault::id);
        symptoms = ids(pack.symptoms(), Symptom::id);
        quantities = pack.facilityTypes().stream()
                .flatMap(type -> type.behaviour().stream())
                .map(Behaviour::name)
                .collect(Collectors.toSet());
    }

    private static <T> Set<String> ids(List<T> parts, Function<T, String> id) {
        return parts.stream().map(id).collect(Collectors.toSet());
    }

    /**
     * Everything that does not fit.
     *
     * @param others packs that are read with it, whose names it must not use again
     */
    List<Problem> problems(Collection<Domain> others) {
        once("/parameters", "code", "parameter", pack.parameters(), Parameter::code);
        once("/facilityTypes", "id", "facility type", pack.facilityTypes(), FacilityType::id);
        once("/metrics", "code", "metric", pack.metrics(), Metric::code);
        once("/symptoms", "id", "symptom", pack.symptoms(), Symptom::id);
        once("/patterns", "id", "pattern", pack.patterns(), Pattern::id);
        once("/rates", "code", "rate", pack.rates(), RateDefinition::code);
        once("/faults", "id", "fault", pack.faults(), Fault::id);
        once("/procedures", "id", "procedure", pack.procedures(), Procedure::id);
        each("/parameters", pack.parameters(), (parameter, at) -> unit(parameter.unit(), at));
        each("/metrics", pack.metrics(), this::metric);
        each("/facilityTypes", pack.facilityTypes(), this::type);
        placementCodes();
        pack.profiles().forEach((name, factors) -> {
            if (!PROFILE_SIZES.contains(factors.size())) {
                wrong(
                        "/profiles/" + name,
                        "profile " + name + " has " + factors.size() + " factors, not 24 (hours) or 12 (months)");
            }
        });
        each("/symptoms", pack.symptoms(), this::symptom);
        each("/patterns", pack.patterns(), this::pattern);
        each("/rates", pack.rates(), this::rate);
        each("/faults", pack.faults(), this::fault);
        for (var other : others) {
            besides(other);
        }
        if (common != null) {
            besides(common);
        }
        return problems.entrySet().stream()
                .map(entry -> new Problem(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The first reason counts: what follows from it is not told. */
    private void wrong(String pointer, String reason) {
        problems.putIfAbsent(pointer, reason);
    }

    private interface Check<T> {
        void on(T part, String pointer);
    }

    private static <T> void each(String pointer, List<T> parts, Check<T> check) {
        for (int i = 0; i < parts.size(); i++) {
            check.on(parts.get(i), pointer + "/" + i);
        }
    }

    private <T> void once(String pointer, String key, String what, List<T> parts, Function<T, String> id) {
        var seen = new HashSet<String>();
        each(pointer, parts, (part, at) -> {
            if (!seen.add(id.apply(part))) {
                wrong(at + "/" + key, what + " " + id.apply(part) + " is there twice");
            }
        });
    }

    private void besides(Domain other) {
        if (other.id().equals(pack.id())) {
            wrong("/id", "there is already a pack " + pack.id());
        }
        each("/metrics", pack.metrics(), (metric, at) -> {
            if (other.metrics().stream().anyMatch(m -> m.code().equals(metric.code()))) {
                wrong(at + "/code", "metric " + metric.code() + " belongs to the pack " + other.id());
            }
        });
        each("/faults", pack.faults(), (fault, at) -> {
            if (other.faults().stream().anyMatch(f -> f.id().equals(fault.id()))) {
                wrong(at + "/id", "fault " + fault.id() + " belongs to the pack " + other.id());
            }
        });
        each("/rates", pack.rates(), (rate, at) -> {
            if (other.rates().stream().anyMatch(r -> r.code().equals(rate.code()))) {
                wrong(at + "/code", "rate " + rate.code() + " belongs to the pack " + other.id());
            }
        });
    }

    private void unit(String unit, String at) {
        if (!Units.isValid(unit)) {
            wrong(
                    at + "/unit",
                    "unit " + unit
                            + " is not one of UCUM; write 1 for a plain number, {pieces} for a number of pieces");
        }
    }

    private void metric(Metric metric, String at) {
        unit(metric.unit(), at);
        var sides = new HashSet<Side>();
        each(at + "/limits", metric.limits(), (limit, limitAt) -> {
            if (!sides.add(limit.side())) {
                wrong(
                        limitAt + "/side",
                        "metric " + metric.code() + " has two limits "
                                + limit.side().code());
            }
            each(limitAt + "/values", limit.values(), (value, valueAt) -> {
                if (!metric.states().isEmpty() && !metric.states().containsKey((int) Math.rint(value))) {
                    wrong(valueAt, "metric " + metric.code() + " has no state " + shown(value));
                }
            });
        });
        procedure(metric.procedure(), at);
    }

    private void type(FacilityType type, String at) {
        var where = "facility type " + type.id();
        var devices = new HashSet<String>();
        var measured = new LinkedHashSet<Metric>();
        each(at + "/devices", type.devices(), (device, deviceAt) -> {
            if (!devices.add(device.id())) {
                wrong(deviceAt + "/id", where + " has two devices " + device.id());
            }
            var spoken = new HashMap<String, String>();
            each(deviceAt + "/metrics", device.metrics(), (code, metricAt) -> {
                known(code, where + ", device " + device.id(), metricAt);
                var metric = metrics.get(code);
                if (metric == null) {
                    return;
                }
                measured.add(metric);
                metric.codes().forEach((dialect, name) -> {
                    var other = spoken.putIfAbsent(dialect + " " + name, code);
                    if (other != null && !other.equals(code)) {
                        wrong(
                                metricAt,
                                where + ", device " + device.id() + ": " + other + " and " + code + " are both " + name
                                        + " in " + dialect);
                    }
                });
            });
        });
        for (var parameter : type.parameters().keySet()) {
            if (!pack.parameters().isEmpty()
                    && pack.parameters().stream().noneMatch(p -> p.code().equals(parameter))) {
                wrong(
                        at + "/parameters/" + parameter,
                        where + ": parameter " + parameter + " is not described under 'parameters'");
            }
        }
        var stateMetric = type.operating().metric();
        if (stateMetric != null) {
            known(stateMetric, where + ", operating state", at + "/operating/metric");
        }
        limits(type, measured, at);
        behaviour(type, at);
        placement(type, at);
    }

    /** Every limit of what the type measures, with the type's own parameters. */
    private void limits(FacilityType type, Set<Metric> measured, String typeAt) {
        var codes = ids(List.copyOf(measured), Metric::code);
        for (var metric : measured) {
            var own = pack.metrics().indexOf(metric);
            each("/metrics/" + own + "/limits", metric.limits(), (limit, limitAt) -> {
                // A limit of the common pack is not in this file; what it lacks is the type's.
                var at = own < 0 ? typeAt : limitAt + "/value";
                try {
                    var rule = Expressions.resolve(metric, limit, type.parameters(), codes);
                    var fixed = limit.side() != Side.STATE && rule.formula() == null;
                    if (fixed && !metric.range().contains(rule.limit())) {
                        wrong(
                                at,
                                "limit " + rule.id() + " of facility type " + type.id() + " is " + rule.limit()
                                        + ", outside the physical range " + metric.range());
                    }
                } catch (IllegalArgumentException e) {
                    wrong(at, "facility type " + type.id() + ": " + e.getMessage());
                }
            });
        }
    }

    private void behaviour(FacilityType type, String at) {
        var where = "facility type " + type.id();
        var words = new HashSet<>(type.parameters().keySet());
        words.addAll(BehaviourWords.VARIABLES);
        if (common != null) {
            common.facilityTypes().forEach(t -> t.behaviour().forEach(b -> words.add(b.name())));
        }
        var seen = new HashSet<String>();
        each(at + "/behaviour", type.behaviour(), (behaviour, behaviourAt) -> {
            var key = behaviour.metric() != null ? "/metric" : "/quantity";
            if (behaviour.metric() != null) {
                known(behaviour.metric(), where + ", behaviour", behaviourAt + key);
            } else if (metrics.containsKey(behaviour.name())) {
                wrong(behaviourAt + key, where + ": quantity " + behaviour.name() + " is a metric");
            }
            if (!seen.add(behaviour.name())) {
                wrong(behaviourAt + key, where + ": behaviour of " + behaviour.name() + " is there twice");
            }
            try {
                Formula.compile(behaviour.value(), new BehaviourGrammar(words));
            } catch (IllegalArgumentException e) {
                wrong(behaviourAt + "/value", where + ", behaviour of " + behaviour.name() + " = " + e.getMessage());
            }
            words.add(behaviour.name());
        });
    }

    private void placement(FacilityType type, String at) {
        var placement = type.placement();
        if (placement == null) {
            return;
        }
        types(placement.fedBy(), "facility type " + type.id() + " is fed by", at + "/placement/fedBy");
        each(at + "/placement/vary", placement.vary(), (parameter, varyAt) -> {
            if (!type.parameters().containsKey(parameter)) {
                wrong(varyAt, "facility type " + type.id() + " varies the unknown parameter " + parameter);
            }
        });
    }

    private void placementCodes() {
        var codes = new HashSet<String>();
        each("/facilityTypes", pack.facilityTypes(), (type, at) -> {
            if (type.placement() != null && !codes.add(type.placement().code())) {
                wrong(
                        at + "/placement/code",
                        "two facility types have the placement code "
                                + type.placement().code());
            }
        });
    }

    private void symptom(Symptom symptom, String at) {
        var where = "symptom " + symptom.id();
        known(symptom.metric(), where, at + "/metric");
        if (symptom.value() != null) {
            for (var type : pack.facilityTypes()) {
                if (type.devices().stream().anyMatch(device -> device.metrics().contains(symptom.metric()))) {
                    compile(
                            symptom.value(),
                            type.parameters().keySet(),
                            Set.of(),
                            where + " at " + type.id(),
                            at + "/value");
                }
            }
        }
    }

    private void fault(Fault fault, String at) {
        var where = "fault " + fault.id();
        if (fault.facilityTypes().isEmpty() && common != null) {
            wrong(at, where + " needs facilityTypes");
        }
        types(fault.facilityTypes(), where + " happens to", at + "/facilityTypes");
        each(at + "/effects", fault.effects(), (effect, effectAt) -> {
            boolean anywhere = effect.metric().equals(Fault.Effect.ANY)
                    && fault.facilityTypes().isEmpty();
            if (!anywhere && !quantities.contains(effect.metric())) {
                known(effect.metric(), where, effectAt + "/metric");
            }
            if (effect.at() != Neighbourhood.HERE && !MOVABLE.contains(effect.op())) {
                wrong(effectAt + "/at", where + ": only add, mul and set act elsewhere");
            }
            if (OF_MESSAGES.contains(effect.op()) && fault.layer() != Fault.Layer.INSTRUMENT) {
                wrong(effectAt + "/op", where + ": what happens to messages is of the layer instrument");
            }
        });
        procedure(fault.procedure(), at);
    }

    private void pattern(Pattern pattern, String at) {
        var where = "pattern " + pattern.id();
        types(pattern.facilityTypes(), where + " is of", at + "/facilityTypes");
        each(at + "/parts", pattern.parts(), (part, partAt) -> part(part, where, partAt));
        each(at + "/unless", pattern.unless(), (part, partAt) -> part(part, where, partAt));
        each(at + "/explains", pattern.explains(), (id, explainsAt) -> {
            if (!faults.contains(id)) {
                wrong(explainsAt, where + " explains the unknown fault " + id);
            }
        });
        procedure(pattern.procedure(), at);
    }

    private void part(Pattern.Part part, String where, String at) {
        if (!symptoms.contains(part.symptom())) {
            wrong(at + "/symptom", where + ": unknown symptom " + part.symptom());
        }
    }

    private void rate(RateDefinition rate, String at) {
        var count = rate.count();
        if (count == null) {
            return;
        }
        var where = "rate " + rate.code();
        types(count.facilityTypes(), where + " counts", at + "/count/facilityTypes");
        var words = new HashSet<>(metrics.keySet());
        pack.facilityTypes().forEach(type -> words.addAll(type.parameters().keySet()));
        compile(count.numerator(), words, RATE_FUNCTIONS, where, at + "/count/numerator");
        compile(count.denominator(), words, RATE_FUNCTIONS, where, at + "/count/denominator");
    }

    private void compile(String formula, Set<String> words, Set<String> functions, String where, String at) {
        try {
            Formula.compile(formula, new Grammar(words, functions, name -> 1));
        } catch (IllegalArgumentException e) {
            wrong(at, where + " = " + e.getMessage());
        }
    }

    private void types(List<String> ids, String where, String at) {
        each(at, ids, (id, idAt) -> {
            if (!types.containsKey(id)) {
                wrong(idAt, where + " the unknown facility type " + id);
            }
        });
    }

    private void procedure(@Nullable String id, String at) {
        if (id != null && !procedures.contains(id)) {
            wrong(at + "/procedure", "unknown procedure " + id);
        }
    }

    private void known(String code, String where, String at) {
        if (!metrics.containsKey(code)) {
            wrong(at, where + ": unknown metric " + code);
        }
    }

    private static String shown(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** Knows which words there are, not what they mean. */
    private static class Grammar implements Formula.Vocabulary<Void> {
        private final Set<String> words;
        private final Set<String> functions;
        private final Function<String, Integer> arguments;

        Grammar(Set<String> words, Set<String> functions, Function<String, Integer> arguments) {
            this.words = words;
            this.functions = functions;
            this.arguments = arguments;
        }

        @Override
        public Formula.Term<Void> variable(String name) {
            if (!words.contains(name)) {
                throw new IllegalArgumentException("unknown word " + name);
            }
            return nothing -> 0;
        }

        @Override
        public Set<String> functions() {
            return functions;
        }

        @Override
        public Formula.Term<Void> call(String function, List<Formula.Argument<Void>> given) {
            if (given.size() != arguments.apply(function)) {
                throw new IllegalArgumentException(
                        function + " takes " + arguments.apply(function) + " arguments, not " + given.size());
            }
            return nothing -> 0;
        }
    }

    /** What a behaviour expression may say. */
    private final class BehaviourGrammar extends Grammar {
        private static final Set<String> BY_PROFILE = Set.of("DAY", "YEAR", "ARRIVALS", "SINCE", "PENDING");
        private static final Set<String> BY_NETWORK =
                Set.of("UPSTREAM", "SUM_UPSTREAM", "SUM_DOWNSTREAM", "MEAN_DOWNSTREAM");

        BehaviourGrammar(Set<String> words) {
            super(words, BehaviourWords.FUNCTIONS.keySet(), BehaviourWords.FUNCTIONS::get);
        }

        @Override
        public Formula.Term<Void> call(String function, List<Formula.Argument<Void>> given) {
            var term = super.call(function, given);
            if (BY_PROFILE.contains(function)) {
                profile(given.get(0).name(), function.equals("YEAR") ? 12 : 24);
            } else if (BY_NETWORK.contains(function)) {
                var name = given.get(0).name();
                if (!quantities.contains(name)) {
                    throw new IllegalArgumentException("no facility type has a behaviour of " + name);
                }
            } else {
                given.forEach(Formula.Argument::number);
            }
            return term;
        }

        private void profile(String name, int size) {
            var factors = pack.profiles().get(name);
            if (factors == null || factors.size() != size) {
                throw new IllegalArgumentException("no profile " + name + " of " + size + " factors");
            }
        }
    }
}
