package io.yiwang.sim.exam;

import io.yiwang.model.wire.Facility;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program under examination: it reads a log from its standard input and writes the alarms that it concludes into a file. */
final class Judge implements AutoCloseable {
    private static final int GRACE_SECONDS = 600;

    private final Process process;
    private final Path alarms;
    private final Path log;

    /**
     * @param command how {@code backtest} is started
     * @param more options besides, e.g. the time zone
     * @param folder where its files are, each beginning with {@code name}
     */
    Judge(List<String> command, List<String> more, List<Facility> facilities, Path folder, String name) {
        var assets = folder.resolve(name + "-assets.bin");
        alarms = folder.resolve(name + "-alarms.bin");
        log = folder.resolve(name + "-judge.log");
        var whole = new ArrayList<>(command);
        whole.addAll(List.of("--records", "-", "--assets", assets.toString(), "--alarms", alarms.toString()));
        whole.addAll(List.of("--quality", folder.resolve(name + "-quality.bin").toString()));
        whole.addAll(more);
        try (var out = new BufferedOutputStream(Files.newOutputStream(assets))) {
            for (var facility : facilities) {
                facility.writeDelimitedTo(out);
            }
        } catch (IOException e) {
            throw new ExamFailure("cannot write " + assets + ": " + e.getMessage(), e);
        }
        try {
            process = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new ExamFailure("the back-test could not be started: " + e.getMessage(), e);
        }
        // However this program ends, it leaves nothing running.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    OutputStream log() {
        return process.getOutputStream();
    }

    ExamFailure broken(IOException e) {
        return new ExamFailure("the back-test does not read on (" + e.getMessage() + "); see " + log, e);
    }

    /** Waits until it has judged all; to be called when its log is closed. */
    void finish() throws InterruptedException {
        if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
            throw new ExamFailure("the back-test did not end; see " + log);
        }
        if (process.exitValue() != 0) {
            throw new ExamFailure("the back-test failed; see " + log);
        }
    }

    void alarmsInto(AlarmBook book) {
        try (var in = new BufferedInputStream(Files.newInputStream(alarms))) {
            book.read(in);
        } catch (IOException e) {
            throw new ExamFailure("cannot read the alarms " + alarms + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
