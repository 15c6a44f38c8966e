package io.yiwang.launcher;

import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fault}: makes a labelled fault happen in the running demo city. */
@Command(
        name = "fault",
        description = "Makes a labelled fault happen in the running demo city.",
        mixinStandardHelpOptions = true)
final class FaultCommand implements Callable<Integer> {
    private static final int PLACES_NAMED = 4;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "the fault; --list names them")
    @Nullable
    String name;

    @Option(names = "--list", description = "list the faults and the facilities they can happen to")
    boolean list;

    @Option(names = "--facility", paramLabel = "ID", description = "where it happens")
    @Nullable
    String facility;

    @Option(
            names = "--severity",
            paramLabel = "0..1",
            defaultValue = "0.8",
            description = "how strong (default ${DEFAULT-VALUE})")
    double severity;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "5m",
            description = "how long, e.g. 90s, 5m, 1h (default ${DEFAULT-VALUE})")
    String duration = "5m";

    @Option(
            names = "--device",
            paramLabel = "ID",
            description = "which device is struck, its id or the last part of it (default: the first that fits)")
    @Nullable
    String device;

    @Option(
            names = "--metric",
            paramLabel = "CODE",
            description = "for faults of any sensor: which metric (default: the device's first that fits)")
    @Nullable
    String metric;

    @Option(
            names = "--pace",
            paramLabel = "PACE",
            description =
                    "how slowly it may grow: natural, demo or a longest rise such as 2m (default: the simulator's)")
    @Nullable
    String pace;

    @Option(names = "--stop", paramLabel = "ID", description = "end a fault; its id was printed when it began")
    @Nullable
    String stop;

    @Option(names = "--json", description = "with --list: everything, as JSON")
    boolean json;

    @Mixin
    DataOption dataOption;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var simulator = new SimulatorControl(dataOption.folder().runningState().address("sim"));
        if (list) {
            var faults = simulator.get("/faults");
            if (json) {
                System.out.println(faults.toPrettyString());
            } else {
                faults.forEach(FaultCommand::print);
            }
            return 0;
        }
        if (stop != null) {
            System.out.println(simulator.post("/fault/stop", Map.of("id", stop)).toPrettyString());
            return 0;
        }
        if (name == null || facility == null) {
            throw new Refusal(
                    "Say which fault and where: './yiwang fault NAME --facility ID'; './yiwang fault --list' names them.");
        }
        var order = new LinkedHashMap<String, Object>();
        order.put("name", name);
        order.put("facility", facility);
        order.put("severity", severity);
        order.put("forSeconds", parse(duration).toSeconds());
        if (device != null) {
            order.put("device", device);
        }
        if (metric != null) {
            order.put("metric", metric);
        }
        if (pace != null) {
            order.put("pace", pace);
        }
        System.out.println(simulator.post("/fault", order).toPrettyString());
        return 0;
    }

    private static void print(JsonNode fault) {
        var places = new ArrayList<String>();
        fault.path("facilities").forEach(id -> places.add(id.asString()));
        var some = places.subList(0, Math.min(PLACES_NAMED, places.size()));
        System.out.printf(
                "%-32s G%d %-10s %s / %s%n%34s%s%n",
                fault.path("id").asString(),
                fault.path("grade").asInt(),
                fault.path("layer").asString(),
                fault.at("/name/zh").asString(),
                fault.at("/name/en").asString(),
                "",
                places.isEmpty()
                        ? "nowhere in this city"
                        : String.join(", ", some)
                                + (places.size() > some.size()
                                        ? " and " + (places.size() - some.size()) + " more"
                                        : ""));
    }

    /** {@code 90s}, {@code 5m}, {@code 1h30m} or ISO-8601. */
    static Duration parse(String text) {
        var upper = text.toUpperCase(Locale.ROOT);
        try {
            return Duration.parse(upper.startsWith("P") ? upper : "PT" + upper);
        } catch (DateTimeParseException e) {
            throw new Refusal("'" + text + "' is not a duration; write 90s, 5m or 1h.");
        }
    }
}
