package io.yiwang.model.domain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** All domains that a city runs. Immutable. */
public final class DomainPacks {
    /** The packs that come with the product, in display order. */
    private static final List<String> BUNDLED = List.of("gas", "water_supply", "sewage", "heating", "waste");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<String, Domain> byId;
    private final Map<String, Metric> metrics;

    private DomainPacks(List<Domain> domains) {
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
        return new DomainPacks(domains);
    }

    /** The bundled packs and every {@code *.yaml} of {@code folder}. */
    public static DomainPacks withFolder(Path folder) {
        var domains = new ArrayList<>(bundled().all());
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
        return new DomainPacks(domains);
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

    static Domain read(InputStream in, String file) {
        try {
            var pack = YAML.readValue(in, Pack.class);
            return Domain.of(pack.id, pack.name, pack.version, pack.scope, pack.facilityTypes, pack.metrics);
        } catch (JacksonException e) {
            var location = e.getLocation();
            throw new IllegalArgumentException(
                    file + (location == null ? "" : " line " + location.getLineNr()) + ": " + e.getOriginalMessage(),
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The file's shape. */
    private record Pack(
            String id, Name name, String version, Name scope, List<FacilityType> facilityTypes, List<Metric> metrics) {}
}
