package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.Pattern.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of patterns in the manual is the packs'. */
class IncidentTableTest {
    private static final Path MANUAL = Path.of("../docs/incidents.md");
    private static final String BEGIN = "<!-- patterns -->\n";
    private static final String END = "<!-- /patterns -->";

    @Test
    void theManualListsThePatternsOfThePacks() throws IOException {
        var text = Files.readString(MANUAL);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        var table = table();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(MANUAL, text.substring(0, begin) + table + text.substring(end));
        } else {
            assertThat(text.substring(begin, end)).isEqualTo(table);
        }
    }

    private static String table() {
        var text = new StringBuilder();
        for (var domain : DomainPacks.bundled().all()) {
            if (domain.patterns().isEmpty()) {
                continue;
            }
            text.append("\n### ").append(domain.name().en()).append("\n\n");
            text.append(
                    "| pattern | of | within | parts | unless | grade | explains |\n|---|---|---|---|---|---|---|\n");
            for (var pattern : domain.patterns()) {
                text.append("| ")
                        .append(String.join(
                                " | ",
                                pattern.name().en() + " `" + pattern.id() + "`",
                                types(domain, pattern.facilityTypes()),
                                time(pattern.withinSeconds()),
                                pattern.atLeast() + " of " + pattern.parts().size() + ": "
                                        + parts(domain, pattern.parts()),
                                parts(domain, pattern.unless()),
                                "G" + pattern.grade(),
                                pattern.explains().stream()
                                        .map(id -> "`" + id + "`")
                                        .collect(Collectors.joining(" "))))
                        .append(" |\n");
            }
        }
        return text.append('\n').toString();
    }

    private static String types(Domain domain, List<String> types) {
        return types.stream()
                .map(type -> domain.typesById().get(type).name().en().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static String parts(Domain domain, List<Part> parts) {
        return parts.stream()
                .map(part -> {
                    var symptom = domain.symptoms().stream()
                            .filter(s -> s.id().equals(part.symptom()))
                            .findFirst()
                            .orElseThrow();
                    return (part.points() > 1 ? part.points() + "× " : "")
                            + symptom.name().en()
                            + (part.at() == Neighbourhood.HERE
                                    ? ""
                                    : " (" + part.at().name().toLowerCase(Locale.ROOT) + ")");
                })
                .collect(Collectors.joining(" · "));
    }

    private static String time(int seconds) {
        return seconds % 86_400 == 0
                ? seconds / 86_400 + " d"
                : seconds % 3_600 == 0
                        ? seconds / 3_600 + " h"
                        : seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }
}
