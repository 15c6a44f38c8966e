package io.yiwang.sim;

import io.yiwang.sim.audit.AuditCommand;
import io.yiwang.sim.bench.BenchCommand;
import io.yiwang.sim.day.DayCommand;
import io.yiwang.sim.load.LoadCommand;
import io.yiwang.sim.replay.ReplayCommand;
import java.util.Set;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of the simulator's programs. */
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description = "A city that behaves, and the tools that examine the system with it.",
        subcommands = {
            RunCommand.class,
            CityCommand.class,
            DayCommand.class,
            AuditCommand.class,
            BenchCommand.class,
            LoadCommand.class,
            ReplayCommand.class
        })
public final class SimMain {
    /** These print a result on standard output, so that the log goes elsewhere. */
    private static final Set<String> TOOLS = Set.of("city", "replay", "audit", "load", "bench");

    private SimMain() {}

    /** Exit code 0 = done or stopped on request, 1 = failed, 2 = called wrongly. */
    public static void main(String[] args) {
        if (args.length > 0 && TOOLS.contains(args[0])) {
            System.setProperty("logback.configurationFile", "logback-tools.xml");
        }
        System.exit(new CommandLine(new SimMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    LoggerFactory.getLogger(SimMain.class)
                            .error("{} failed: {}", command.getCommandName(), failure.getMessage(), failure);
                    return 1;
                })
                .execute(args));
    }
}
