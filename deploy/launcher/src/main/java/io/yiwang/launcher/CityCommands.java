package io.yiwang.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that look after a city: down, status, logs, reset. */
final class CityCommands {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(120);

    private CityCommands() {}

    @Command(name = "down", description = "Stops the running city.", mixinStandardHelpOptions = true)
    static final class Down implements Callable<Integer> {
        @Mixin
        DataOption dataOption;

        @Override
        public Integer call() throws InterruptedException, ExecutionException {
            var data = dataOption.folder();
            if (!data.isRunning()) {
                int ended = LeftOvers.end(data);
                if (ended == 0) {
                    System.out.println("Nothing runs on " + data.path() + ".");
                }
                return 0;
            }
            var state = data.runningState();
            var launcher = ProcessHandle.of(state.launcher())
                    .orElseThrow(() ->
                            new Refusal("The launcher (process " + state.launcher() + ") cannot be seen from here."));
            if (!launcher.destroy()) {
                throw new Refusal("The launcher (process " + state.launcher()
                        + ") belongs to another user; stop it as that user.");
            }
            try {
                launcher.onExit().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new Refusal("The launcher (process " + state.launcher() + ") has not stopped within "
                        + STOP_TIMEOUT.toSeconds() + " s; see " + data.logs() + ".");
            }
            System.out.println("Stopped. The data stays in " + data.path() + ".");
            return 0;
        }
    }

    @Command(
            name = "status",
            description = "Shows each part: state, since when, port, last error.",
            mixinStandardHelpOptions = true)
    static final class Status implements Callable<Integer> {
        @Option(names = "--json", description = "as one JSON object")
        boolean json;

        @Mixin
        DataOption dataOption;

        @Override
        public Integer call() {
            var state = dataOption.folder().runningState();
            if (json) {
                System.out.println(state.toJson());
                return 0;
            }
            System.out.printf(
                    "%-10s %-11s %8s  %-24s %6s  %s%n", "part", "state", "pid", "since", "port", "last error");
            for (var part : state.parts()) {
                System.out.printf(
                        "%-10s %-11s %8s  %-24s %6s  %s%n",
                        part.name(),
                        part.state(),
                        part.pid() == 0 ? "-" : part.pid(),
                        part.since(),
                        part.port() == 0 ? "-" : part.port(),
                        part.lastError() == null ? "-" : part.lastError());
            }
            System.out.println("dashboard  " + state.dashboard());
            var ingest = state.addresses().get("ingest");
            if (ingest != null) {
                IngestFigures.ask(ingest).forEach(System.out::println);
            }
            return 0;
        }
    }

    @Command(name = "logs", description = "Prints a part's log.", mixinStandardHelpOptions = true)
    static final class Logs implements Callable<Integer> {
        @Parameters(paramLabel = "PART", description = "name of the part, as 'status' shows it")
        String part;

        @Option(
                names = {"-f", "--follow"},
                description = "go on printing what is added")
        boolean follow;

        @Mixin
        DataOption dataOption;

        @Override
        public Integer call() throws IOException, InterruptedException {
            var folder = dataOption.folder().logs();
            var file = folder.resolve(part + ".log").normalize();
            if (!file.startsWith(folder) || !Files.exists(file)) {
                throw new Refusal("There is no log of a part '" + part + "' in " + folder + "; there are: "
                        + names(folder) + ".");
            }
            // The system's tail knows about rotation and endings of every kind.
            var command =
                    follow ? List.of("tail", "-n", "200", "-F", file.toString()) : List.of("cat", file.toString());
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        }

        private static String names(Path folder) {
            try (var files = Files.list(folder)) {
                return String.join(
                        ", ",
                        files.map(f -> f.getFileName().toString())
                                .filter(f -> f.endsWith(".log"))
                                .map(f -> f.substring(0, f.length() - 4))
                                .sorted()
                                .toList());
            } catch (IOException e) {
                return "none";
            }
        }
    }

    @Command(name = "reset", description = "Deletes the city's data after asking.", mixinStandardHelpOptions = true)
    static final class Reset implements Callable<Integer> {
        @Option(names = "--yes", description = "do not ask")
        boolean yes;

        @Mixin
        DataOption dataOption;

        @Override
        public Integer call() throws IOException {
            var data = dataOption.folder();
            if (!Files.exists(data.path())) {
                System.out.println("There is nothing in " + data.path() + ".");
                return 0;
            }
            if (data.isRunning()) {
                throw new Refusal("Yiwang is running on " + data.path() + "; stop it first with './yiwang down'.");
            }
            if (!Files.isDirectory(data.run())) {
                throw new Refusal(data.path() + " is not a data folder of Yiwang; nothing was deleted.");
            }
            LeftOvers.end(data);
            if (!yes) {
                System.out.print(
                        "Delete all history, alarms, assets and settings in " + data.path() + "? Type 'delete': ");
                System.out.flush();
                var console = System.console();
                var answer = console == null ? null : console.readLine();
                if (!"delete".equals(answer)) {
                    System.out.println("Nothing was deleted.");
                    return 1;
                }
            }
            try (var files = Files.walk(data.path())) {
                files.sorted(Comparator.reverseOrder()).forEach(Reset::delete);
            }
            System.out.println("Deleted.");
            return 0;
        }

        private static void delete(Path file) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
