package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code audit}, {@code load}, {@code replay}, {@code bench}, {@code day} and {@code city}: the examiner's tools, given the addresses of the running
 * city.
 */
@Command(mixinStandardHelpOptions = false)
final class SimulatorTool implements Callable<Integer> {
    private static final int HEAP_MEGABYTES = 1024;

    private final List<String> addresses;

    @Mixin
    DataOption dataOption;

    @Unmatched
    List<String> more = new ArrayList<>();

    @Spec
    CommandSpec spec;

    /** Whether the tool speaks of the city's time. */
    private final boolean knowsClock;

    /** @param addresses names of the options that the tool takes from the running city */
    private SimulatorTool(boolean knowsClock, List<String> addresses) {
        this.knowsClock = knowsClock;
        this.addresses = addresses;
    }

    static SimulatorTool audit() {
        return new SimulatorTool(true, List.of("--kafka", "--influx-url"));
    }

    static SimulatorTool replay() {
        return new SimulatorTool(true, List.of("--api", "--admin-password-file", "--mqtt"));
    }

    static SimulatorTool load() {
        return new SimulatorTool(false, List.of("--api", "--admin-password-file", "--mqtt"));
    }

    static SimulatorTool bench() {
        return new SimulatorTool(
                false,
                List.of("--api", "--admin-password-file", "--mqtt", "--kafka", "--influx-url", "--ws", "--parts-file"));
    }

    static SimulatorTool city() {
        return new SimulatorTool(false, List.of());
    }

    static SimulatorTool day() {
        return new SimulatorTool(false, List.of());
    }

    /** The others look at nothing that runs: they draw, or measure a part alone. */
    private boolean needsCity() {
        return !addresses.isEmpty()
                && !isBench("load")
                && !isBench("ingest")
                && !isBench("detect")
                && !isBench("detection");
    }

    private boolean isBench(String name) {
        return spec.name().equals("bench") && more.contains(name);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var data = dataOption.folder();
        var command = new ArrayList<>(Installation.current()
                .java("sensors-sim", "io.yiwang.sim.SimMain", HEAP_MEGABYTES, Certificate.trustOptions(data)));
        command.add(spec.name());
        command.addAll(more);
        boolean onlyHelp = more.contains("--help") || more.contains("-h");
        if (!onlyHelp && (isBench("ingest") || isBench("detect") || isBench("detection"))) {
            command.addAll(List.of(
                    "--data",
                    data.path().toString(),
                    "--programs",
                    new Yardsticks(data)
                            .write(isBench("ingest") ? "ingest" : isBench("detect") ? "detect" : "detection")
                            .toString()));
        } else if (!onlyHelp && needsCity()) {
            command.addAll(List.of("--data", data.path().toString()));
            var state = data.runningState();
            var clock = new KeptClock(data).current();
            if (knowsClock && !clock.isWallClock()) {
                command.addAll(List.of("--clock", clock.toString()));
            }
            if (addresses.contains("--mqtt") && !isGiven("--mqtt-ca")) {
                // Used only when the broker's address asks for TLS.
                var authority = MqttAuthority.certificate(data);
                if (Files.exists(authority)) {
                    command.addAll(List.of("--mqtt-ca", authority.toString()));
                }
            }
            for (var option : addresses) {
                if (!isGiven(option)) {
                    command.addAll(List.of(option, value(option, state, data)));
                }
            }
        }
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** As {@code --option VALUE} or {@code --option=VALUE}; {@code --broker} is another name of {@code --mqtt}. */
    private boolean isGiven(String option) {
        return more.stream()
                .map(word -> word.replaceFirst("^--broker(?==|$)", "--mqtt"))
                .anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
    }

    private static String value(String option, RunState state, DataFolder data) {
        return switch (option) {
            case "--kafka" -> state.address("kafka");
            case "--influx-url" -> state.address("influx");
            case "--mqtt" -> state.address("mqtt");
            case "--api" -> state.dashboard();
            case "--ws" -> state.dashboard().replaceFirst("^http", "ws") + "/ws/live";
            case "--admin-password-file" -> data.adminPassword().toString();
            case "--parts-file" -> data.partsFile().toString();
            default -> throw new IllegalArgumentException(option);
        };
    }
}
