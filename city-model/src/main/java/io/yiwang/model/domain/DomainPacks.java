package io.yiwang.model.domain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** All domains that a city runs. Immutable. */
public final class DomainPacks {
    /** The packs that come with the product, in display order. */
    private static final List<String> BUNDLED = List.of("gas", "water_supply", "sewage", "heating", "waste");

    private static final String RATES = "/domains/rates.yaml";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // What a pack leaves out is its neutral value (delay 0, on change); records refuse what they cannot do
            // without.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Domain> byId;
    private final Map<String, Metric> metrics;
    private final List<RateDefinition> rates;

    private DomainPacks(List<Domain> domains, List<RateDefinition> rates) {
        this.rates = List.copyOf(rates);
        byId = new LinkedHashMap<>();
        metrics = new LinkedHashMap<>();
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
        return new DomainPacks(domains, rates);
    }

    /** The packs that come with the product. */
    public static DomainPacks bundled() {
        var domains = new ArrayList<Domain>();
        for (var id : BUNDLED) {
            var name = "/domains/" + id + ".yaml";
            try (var in = DomainPacks.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("pack " + name + " is not in the jar");
                }
                domains.add(read(in, name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new DomainPacks(domains, readRates());
    }

    private static List<RateDefinition> readRates() {
        try (var in = DomainPacks.class.getResourceAsStream(RATES)) {
            if (in == null) {
                throw new IllegalStateException(RATES + " is not in the jar");
            }
            return YAML.readValue(in, RateFile.class).rates();
        } catch (JacksonException e) {
            throw refused(RATES, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bundled packs and every {@code *.yaml} of {@code folder}. */
    public static DomainPacks withFolder(Path folder) {
        var bundled = bundled();
        var domains = new ArrayList<>(bundled.all());
        try (var files = Files.list(folder)) {
            for (var file :
                    files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                try (var in = Files.newInputStream(file)) {
                    domains.add(read(in, file.toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DomainPacks(domains, bundled.rates);
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

    /** The operating rates, in display order. */
    public List<RateDefinition> rates() {
        return rates;
    }

    /** @throws IllegalArgumentException naming file, line and reason when the pack is not one */
    static Domain read(InputStream in, String file) {
        try {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            try {
                var pack = YAML.readValue(text, Pack.class);
                return Domain.of(
                        pack.id,
                        pack.name,
                        pack.version,
                        pack.scope,
                        pack.facilityTypes,
                        pack.metrics,
                        pack.faults,
                        pack.profiles);
            } catch (InvalidPack e) {
                throw new IllegalArgumentException(file + " line " + e.lineIn(text) + ": " + e.getMessage(), e);
            } catch (JacksonException e) {
                throw refused(file, e);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalArgumentException refused(String file, JacksonException e) {
        var location = e.getLocation();
        return new IllegalArgumentException(
                file + (location == null ? "" : " line " + location.getLineNr()) + ": " + e.getOriginalMessage(), e);
    }

    /** The file's shape. */
    private record Pack(
            String id,
            Name name,
            String version,
            Name scope,
            List<FacilityType> facilityTypes,
            List<Metric> metrics,
            List<Fault> faults,
            Map<String, List<Double>> profiles) {
        Pack {
            facilityTypes = facilityTypes == null ? List.of() : facilityTypes;
            metrics = metrics == null ? List.of() : metrics;
            faults = faults == null ? List.of() : faults;
            profiles = profiles == null ? Map.of() : profiles;
        }
    }

    /** The shape of the file of rates. */
    private record RateFile(List<RateDefinition> rates) {}
}
