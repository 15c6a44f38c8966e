package io.yiwang.sim.day;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DayCommandTest {
    @TempDir
    private Path folder;

    @Test
    void everyDomainOfTheCityGetsAPicture() throws Exception {
        int exit = new CommandLine(new DayCommand()).execute("--date=2026-01-15", "--facilities=60", "--out=" + folder);
        assertThat(exit).isZero();
        for (var domain : DomainPacks.bundled().all()) {
            if (domain.facilityTypes().stream().anyMatch(type -> type.placement() != null)) {
                assertThat(Files.readString(folder.resolve("day-" + domain.id() + ".svg")))
                        .startsWith("<svg")
                        .contains("hour of the day");
            }
        }
    }
}
