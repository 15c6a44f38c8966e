package io.yiwang.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsManualTest {
    private static final Pattern FULL = Pattern.compile("\"(yiwang\\.ingest\\.[a-z0-9.]*[a-z0-9])\"");
    private static final Pattern GAUGE = Pattern.compile("(?:[mM]eter\\s*\\.|\\n +)gauge\\(\\s*\"([a-z0-9.]+)\"");

    private static String source() {
        var text = new StringBuilder();
        try (var files = Files.walk(Path.of("src", "main", "java"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                try {
                    text.append(Files.readString(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** As the naming convention writes it, without the ending that tells counters and timers. */
    private static String prometheus(String name) {
        NamingConvention convention = new PrometheusNamingConvention();
        return convention.name(name, Meter.Type.OTHER, null);
    }

    @Test
    void theManualNamesEveryMetricOfThisProgram() throws IOException {
        var manual = Files.readString(Path.of("..", "docs", "metrics.md"));
        var source = source();
        var names = new TreeSet<String>();
        FULL.matcher(source).results().forEach(found -> names.add(prometheus(found.group(1))));
        GAUGE.matcher(source).results().forEach(found -> names.add(prometheus("yiwang.ingest." + found.group(1))));
        assertThat(names).hasSizeGreaterThan(25);
        names.removeIf(name -> Pattern.compile("`" + name + "(_total|_seconds)?`")
                .matcher(manual)
                .find());
        assertThat(names).as("not in docs/metrics.md").isEmpty();
    }

    @Test
    void theManualNamesEveryWayOfBeingTurnedAwayAndEveryEnd() throws IOException {
        var manual = Files.readString(Path.of("..", "docs", "metrics.md"));
        for (var refusal : IngestMeter.Refusal.values()) {
            assertThat(manual).containsPattern("`why`[^|]*\\b" + refusal.name().toLowerCase(Locale.ROOT) + "\\b");
        }
        for (var end : IngestMeter.End.values()) {
            assertThat(manual).containsPattern("`end`[^|]*\\b" + end.name().toLowerCase(Locale.ROOT) + "\\b");
        }
    }
}
