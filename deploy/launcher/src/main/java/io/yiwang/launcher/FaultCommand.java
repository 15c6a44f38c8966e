package io.yiwang.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code fault}: makes a labelled fault happen in the running demo city. */
@Command(
        name = "fault",
        description = "Makes a labelled fault happen in the running demo city.",
        mixinStandardHelpOptions = true)
final class FaultCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

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

    @Mixin
    DataOption dataOption;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var simulator = dataOption.folder().runningState().address("sim");
        if (list) {
            var body = Probe.get(simulator + "/faults", Duration.ofSeconds(5))
                    .orElseThrow(() -> new Refusal("The simulator does not answer; see './yiwang logs sim'."));
            System.out.println(JSON.readTree(body).toPrettyString());
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
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(simulator + "/fault"))
                                .timeout(Duration.ofSeconds(10))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(order)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new Refusal("The simulator refused: " + answer.body());
        }
        System.out.println(JSON.readTree(answer.body()).toPrettyString());
        return 0;
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
