package io.yiwang.launcher;

import io.yiwang.servers.ServerFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./yiwang}. */
@Command(
        name = "./yiwang",
        description = "Yiwang 一网: real-time city operations monitoring.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            CityCommands.Down.class,
            CityCommands.Status.class,
            CityCommands.Logs.class,
            FaultCommand.class,
            ScenarioCommand.class,
            CertificateCommand.class,
            CityCommands.Reset.class
        },
        footer = {
            "",
            "Done by the script itself:",
            "  build     builds what changed (up does this first)",
            "  test      installs what the tests need and runs all of them"
        })
final class Yiwang {
    private Yiwang() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Yiwang())
                .addSubcommand(
                        "audit", described(SimulatorTool.audit(), "Proves: sent = stored + rejected with a reason."))
                .addSubcommand(
                        "load", described(SimulatorTool.load(), "Open-loop load with the loss ledger and latencies."))
                .addSubcommand(
                        "replay",
                        described(
                                SimulatorTool.replay(),
                                "Recorded series from a CSV file, as telemetry of replay devices."))
                .addSubcommand(
                        "backtest",
                        described(
                                new BacktestTool(),
                                "What the detect job would have said: of a CSV file, of a log, of the city's history."))
                .addSubcommand(
                        "bench",
                        described(
                                SimulatorTool.bench(),
                                "The benchmarks: 'bench e2e', 'bench load', 'bench ingest', 'bench detection'."))
                .addSubcommand("day", described(SimulatorTool.day(), "Draws a simulated day of each domain as SVG."))
                .addSubcommand(
                        "city",
                        described(SimulatorTool.city(), "Writes a generated city of any size into a file to look at."))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof Refusal || failure instanceof ServerFailure) {
                        command.getErr().println("yiwang: " + failure.getMessage());
                        return 1;
                    }
                    throw failure;
                });
    }

    private static CommandLine described(Callable<Integer> tool, String description) {
        var command = new CommandLine(tool);
        command.getCommandSpec().usageMessage().description(description + " Its own options: --help.");
        return command;
    }
}
