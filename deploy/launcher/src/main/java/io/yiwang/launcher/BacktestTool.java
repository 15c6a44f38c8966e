package io.yiwang.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** {@code backtest}: the detect job's logic over files, which needs no city, or over the history of the running one. */
@Command(mixinStandardHelpOptions = false)
final class BacktestTool implements Callable<Integer> {
    /** Files whose rows are not in order are held in memory. */
    private static final int HEAP_MEGABYTES = 2048;

    @Mixin
    DataOption dataOption;

    @Unmatched
    List<String> more = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var command = new ArrayList<>(Installation.current()
                .java("stream-jobs", "io.yiwang.streams.backtest.Backtest", HEAP_MEGABYTES, List.of()));
        command.addAll(more);
        if (isGiven("--from") && !isGiven("--kafka")) {
            addCity(command);
        }
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private void addCity(List<String> command) throws IOException {
        var data = dataOption.folder();
        var state = data.runningState();
        command.addAll(List.of("--kafka", state.address("kafka")));
        var clock = new KeptClock(data).current();
        if (!isGiven("--clock") && !clock.isWallClock()) {
            command.addAll(List.of("--clock", clock.toString()));
        }
        var domains = new KeptDomains(data).kept();
        if (!isGiven("--domains") && domains != null) {
            command.addAll(List.of("--domains", domains.toString()));
        }
    }

    /** As {@code --option VALUE} or {@code --option=VALUE}. */
    private boolean isGiven(String option) {
        return more.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
    }
}
