package io.yiwang.sim;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityFile;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.city.ReportingPace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sim city}: writes a generated city into a file; nothing needs to run. */
@Command(
        name = "city",
        mixinStandardHelpOptions = true,
        description = "Writes a generated city into a file, to look at it or to import it.")
final class CityCommand implements Callable<Integer> {
    @Option(
            names = "--facilities",
            paramLabel = "N",
            defaultValue = "60",
            description = "1 to 100000 (default ${DEFAULT-VALUE})")
    private int facilities = 60;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "which city it is (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "where to write it")
    private Path out = Path.of("city.json");

    @Option(
            names = "--format",
            converter = EnumWords.OfFormat.class,
            description =
                    "json (what POST /api/assets takes), geojson (a map with roads and pipes) or csv (facilities); default by the file's name")
    private CityFile.@Nullable Format format;

    @Option(
            names = "--pace",
            converter = EnumWords.OfPace.class,
            defaultValue = "demo",
            description = "demo or natural (default ${DEFAULT-VALUE})")
    private ReportingPace pace = ReportingPace.DEMO;

    @Option(names = "--domains", paramLabel = "FOLDER", description = "folder with further domain packs (*.yaml)")
    private @Nullable Path domains;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var commandLine = java.util.Objects.requireNonNull(spec).commandLine();
        if (facilities < 1 || facilities > CityGenerator.MOST_FACILITIES) {
            throw new ParameterException(
                    commandLine, "--facilities is 1 to " + CityGenerator.MOST_FACILITIES + ", not " + facilities);
        }
        var say = commandLine.getOut();
        var begun = System.nanoTime();
        try {
            var packs = Packs.in(domains);
            // Nobody connects with these; what is written has no credentials.
            var city = new CityGenerator(packs, seed, DeviceKeys.of(new byte[1]), pace).generate(facilities);
            CityFile.write(city, out, format == null ? CityFile.Format.of(out) : format);
            say.printf(
                    "%s: %d facilities, %d devices, %d pipes of %.0f km, %d streets and towns (%.1f s)%n",
                    out,
                    city.facilities().size(),
                    city.facilities().stream()
                            .mapToInt(f -> f.getDevicesCount())
                            .sum(),
                    city.facilities().stream().mapToInt(f -> f.getPipesCount()).sum(),
                    city.facilities().stream()
                            .flatMap(f -> f.getPipesList().stream())
                            .mapToDouble(p -> p.getLengthM() / 1000)
                            .sum(),
                    city.streets().size(),
                    (System.nanoTime() - begun) / 1e9);
            tellTypes(
                    say,
                    packs,
                    city.facilities().stream()
                            .collect(Collectors.groupingBy(
                                    f -> f.getDomain() + "/" + f.getType(), TreeMap::new, Collectors.counting())));
            return 0;
        } catch (IllegalArgumentException e) {
            commandLine.getErr().println("sim city: " + e.getMessage());
        } catch (IOException e) {
            commandLine.getErr().println("sim city: " + out + " cannot be written: " + e);
        }
        return 1;
    }

    private static void tellTypes(PrintWriter say, DomainPacks packs, TreeMap<String, Long> counts) {
        for (var domain : packs.all()) {
            say.printf(
                    "  %-22s %s%n",
                    domain.id(),
                    domain.facilityTypes().stream()
                            .filter(t -> counts.containsKey(domain.id() + "/" + t.id()))
                            .map(t -> t.id() + " " + counts.get(domain.id() + "/" + t.id()))
                            .collect(Collectors.joining(", ")));
        }
        say.flush();
    }
}
