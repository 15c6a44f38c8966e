package io.yiwang.sim.day;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.plot.LinePlot;
import io.yiwang.sim.signal.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code day}: draws a simulated day of each domain; needs no running city. */
@Command(
        name = "day",
        mixinStandardHelpOptions = true,
        description = "Draws a simulated day of each domain (day-DOMAIN.svg); needs no running city.")
public final class DayCommand implements Callable<Integer> {
    private static final int COLUMNS = 3;

    @Option(names = "--domain", description = "only this one (default: all)")
    private @Nullable String only;

    @Option(names = "--domains", paramLabel = "FOLDER", description = "more packs, as for up")
    private @Nullable Path folder;

    @Option(names = "--date", description = "default: today")
    private @Nullable LocalDate date;

    @Option(names = "--facilities", defaultValue = "300", description = "size of the city (${DEFAULT-VALUE})")
    private int facilities = 300;

    @Option(names = "--seed", defaultValue = "1", description = "which city it is (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--zone", defaultValue = "Asia/Shanghai", description = "where the city lives (${DEFAULT-VALUE})")
    private ZoneId zone = ZoneId.of("Asia/Shanghai");

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = ".", description = "default: here")
    private Path out = Path.of(".");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var packs = folder == null ? DomainPacks.bundled() : DomainPacks.withFolder(folder);
        var city = new CityGenerator(packs, seed, DeviceKeys.of(new byte[] {1}))
                .generate(facilities)
                .facilities();
        var signals = new Signals(packs, city, seed, zone);
        Files.createDirectories(out);
        for (var domain : packs.all()) {
            if (only == null || only.equals(domain.id())) {
                var plots =
                        new DayPlots(domain, city, signals, date == null ? LocalDate.now(zone) : date, zone).plots();
                if (!plots.isEmpty()) {
                    var file = out.resolve("day-" + domain.id() + ".svg");
                    Files.writeString(file, LinePlot.sheet(plots, COLUMNS));
                    say(file.toString());
                }
            }
        }
        return 0;
    }

    private void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
        }
    }
}
