package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Processes of an earlier run whose launcher was killed. Called only while holding the data folder's lock. */
final class LeftOvers {
    private LeftOvers() {}

    /** Ends them: two Kafkas on one folder would destroy it. */
    static int end(DataFolder data) {
        var state = data.state();
        if (state.isEmpty()) {
            return 0;
        }
        int ended = 0;
        for (var part : state.get().parts()) {
            if (part.pid() != 0 && isOfThisFolder(part.pid(), data.path())) {
                var process = ProcessHandle.of(part.pid());
                if (process.isPresent()) {
                    end(process.get());
                    ended++;
                }
            }
        }
        if (ended > 0) {
            System.out.println("Ended " + ended + " processes that an earlier run had left.");
        }
        return ended;
    }

    /** A process id may have been given to a stranger since; ours name the data folder on their command line or environment. */
    private static boolean isOfThisFolder(long pid, Path folder) {
        var process = Path.of("/proc", String.valueOf(pid));
        try {
            return Files.readString(process.resolve("cmdline"), java.nio.charset.StandardCharsets.ISO_8859_1)
                            .contains(folder.toString())
                    || Files.readString(process.resolve("environ"), java.nio.charset.StandardCharsets.ISO_8859_1)
                            .contains("=" + folder);
        } catch (IOException e) {
            return false;
        }
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(12, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
