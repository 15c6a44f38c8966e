package io.yiwang.model.domain;

import io.yiwang.model.domain.YamlFile.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** All domains that a city runs. Immutable. */
public final class DomainPacks {
    /** The packs that come with the product, in display order. */
    private static final List<String> BUNDLED = List.of(
            "gas", //
            "water_supply",
            "sewage",
            "heating",
            "waste",
            "property",
            "black_odorous_water",
            "construction_dust",
            "rural_waste",
            "rural_sewage",
            "recorded");

    /** What all domains share: device health, and faults of sensors and their data. */
    private static final String COMMON = "device";

    private static final String RATES = "/domains/rates.yaml";

    private static final JsonMapper TREE = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // What a pack leaves out is its neutral value (delay 0, on change); records refuse what they cannot do
            // without.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final @Nullable Domain common;
    private final Map<String, Domain> byId;
    private final Map<String, Metric> metrics;
    private final List<RateDefinition> rates;

    private DomainPacks(@Nullable Domain common, List<Domain> domains, List<RateDefinition> rates) {
        this.common = common;
        this.rates = List.copyOf(rates);
        byId = new LinkedHashMap<>();
        metrics = new LinkedHashMap<>();
        if (common != null) {
            metrics.putAll(common.metricsByCode());
        }
        for (var domain : domains) {
            if (byId.put(domain.id(), domain) != null) {
                throw new IllegalArgumentException("two packs have the id " + domain.id());
            }
            for (var metric : domain.metrics()) {
                if (metrics.put(metric.code(), metric) != null) {
                    throw new IllegalArgumentException("metric " + metric.code() + " is in two packs");
                }
            }
        }
    }

    /** These packs and rates and no others, for programs that bring their own and for tests. */
    public static DomainPacks of(List<Domain> domains, List<RateDefinition> rates) {
        return new DomainPacks(null, domains, rates);
    }

    /** The packs that come with the product. */
    public static DomainPacks bundled() {
        return read(null, null);
    }

    /**
     * The bundled packs and every {@code *.yaml} of {@code folder}.
     *
     * @throws IllegalArgumentException naming file, line and reason when one of them is not a pack or does not fit beside the others
     */
    public static DomainPacks withFolder(Path folder) {
        return read(null, folder);
    }

    /**
     * The bundled packs held against the schema and against themselves, which costs more than reading them. No program does it at its
     * start: a test has done it when they were built.
     */
    static DomainPacks bundledAndChecked() {
        return read(new PackSchema(), null);
    }

    private static DomainPacks read(@Nullable PackSchema schemaOfBundled, @Nullable Path folder) {
        try {
            var common = bundled(COMMON, schemaOfBundled, null, List.of());
            var domains = new ArrayList<Domain>();
            for (var id : BUNDLED) {
                domains.add(bundled(id, schemaOfBundled, common, domains));
            }
            if (folder != null) {
                var schema = new PackSchema();
                for (var file : packsIn(folder)) {
                    try (var in = Files.newInputStream(file)) {
                        domains.add(read(in, file.toString(), schema, common, domains));
                    }
                }
            }
            return new DomainPacks(common, domains, readRates(schemaOfBundled));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> packsIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static Domain bundled(
            String id, @Nullable PackSchema schema, @Nullable Domain common, Collection<Domain> others)
            throws IOException {
        var name = "/domains/" + id + ".yaml";
        try (var in = resource(name)) {
            return read(in, name, schema, common, others);
        }
    }

    private static List<RateDefinition> readRates(@Nullable PackSchema schema) throws IOException {
        try (var in = resource(RATES)) {
            var file = YamlFile.read(in, RATES);
            var problems = schema == null ? List.<Problem>of() : schema.problemsOfRates(file.root());
            if (!problems.isEmpty()) {
                throw file.refusal(problems);
            }
            return bound(file, RateFile.class).rates();
        }
    }

    private static InputStream resource(String name) {
        var in = DomainPacks.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException(name + " is not in the jar");
        }
        return in;
    }

    /** What all domains share; it has no facilities of its own. */
    public Optional<Domain> common() {
        return Optional.ofNullable(common);
    }

    /** Display order. */
    public List<Domain> all() {
        return List.copyOf(byId.values());
    }

    public Optional<Domain> domain(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Metric codes are unique over all packs. */
    public Optional<Metric> metric(String code) {
        return Optional.ofNullable(metrics.get(code));
    }

    /** The operating rates that are computed for the whole city, in display order. */
    public List<RateDefinition> rates() {
        return rates.stream().filter(RateDefinition::computed).toList();
    }

    /** What every rate means, also of those that nobody computes yet: the city-wide ones, then each pack's own. */
    public List<RateDefinition> rateDefinitions() {
        return Stream.concat(rates.stream(), byId.values().stream().flatMap(domain -> domain.rates().stream()))
                .toList();
    }

    /**
     * @param schema null = the pack is trusted to have its shape and not to contradict itself
     * @param common null = there is none, or this is it
     * @param others the packs beside it
     * @throws IllegalArgumentException naming file, line and reason when the pack is not one
     */
    static Domain read(
            InputStream in,
            String name,
            @Nullable PackSchema schema,
            @Nullable Domain common,
            Collection<Domain> others)
            throws IOException {
        var file = YamlFile.read(in, name);
        if (schema == null) {
            return Domain.trusted(bound(file, Pack.class), common);
        }
        var problems = schema.problemsOfPack(file.root());
        if (!problems.isEmpty()) {
            throw file.refusal(problems);
        }
        try {
            return Domain.of(bound(file, Pack.class), common, others);
        } catch (InvalidPack e) {
            throw file.refusal(e.problems());
        }
    }

    /** What the schema lets pass and a record still refuses is told with its place too. */
    private static <T> T bound(YamlFile file, Class<T> type) {
        try {
            return TREE.treeToValue(file.root(), type);
        } catch (JacksonException e) {
            var pointer = e.getPath().stream()
                    .map(step -> "/" + (step.getPropertyName() == null ? step.getIndex() : step.getPropertyName()))
                    .collect(Collectors.joining());
            var reason = e.getCause() instanceof IllegalArgumentException cause
                    ? String.valueOf(cause.getMessage())
                    : e.getOriginalMessage();
            throw file.refusal(List.of(new Problem(pointer, reason)));
        }
    }

    /** The shape of the file of rates. */
    private record RateFile(List<RateDefinition> rates) {}
}
