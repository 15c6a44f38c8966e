package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code scenario}: plays a file of labelled faults in the running demo city. */
@Command(
        name = "scenario",
        description =
                "Plays a file of labelled faults in the running demo city; examples are in docs/examples/scenarios.",
        mixinStandardHelpOptions = true)
final class ScenarioCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "the scenario, YAML")
    @Nullable
    Path file;

    @Option(names = "--dry-run", description = "only check it and list what would happen, where and when")
    boolean dryRun;

    @Option(names = "--list", description = "list the scenarios of this run and how far they are")
    boolean list;

    @Option(names = "--cancel", paramLabel = "ID", description = "end a scenario and the faults that it made")
    @Nullable
    String cancel;

    @Mixin
    DataOption dataOption;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var simulator = new SimulatorControl(dataOption.folder().runningState().address("sim"));
        if (list) {
            simulator.get("/scenarios").forEach(ScenarioCommand::print);
            return 0;
        }
        if (cancel != null) {
            print(simulator.post("/scenario/cancel", Map.of("id", cancel)));
            return 0;
        }
        if (file == null) {
            throw new Refusal("Say which file: './yiwang scenario FILE'; docs/examples/scenarios has some.");
        }
        if (!Files.isReadable(file)) {
            throw new Refusal("There is no readable file " + file + ".");
        }
        var answer =
                simulator.post(dryRun ? "/scenario/dry-run" : "/scenario", Files.readString(file), file.toString());
        print(answer);
        if (!dryRun) {
            System.out.println("It runs; './yiwang scenario --list' shows how far it is, './yiwang scenario --cancel "
                    + answer.path("id").asString() + "' ends it.");
        }
        return 0;
    }

    private static void print(JsonNode scenario) {
        System.out.printf(
                "%s  %s  (%s)%n",
                scenario.path("id").asString(),
                scenario.path("name").asString(),
                scenario.path("state").asString());
        for (var step : scenario.path("steps")) {
            System.out.printf(
                    "  line %-4d %s  %-32s %-20s severity %-4s  %s%n",
                    step.path("line").asInt(),
                    step.path("at").asString(),
                    step.path("fault").asString(),
                    step.path("facility").asString(),
                    step.path("severity").asDouble(),
                    step.path("state").asString());
        }
    }
}
