package io.yiwang.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A part that is a process of its own. */
final class ChildProcess implements Program.Running {
    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    static Program of(List<String> command, Map<String, String> environment) {
        return log -> {
            // A session of its own: Ctrl-C in the terminal reaches only the launcher, which then stops the parts in
            // order.
            var full = new ArrayList<>(List.of("setsid"));
            full.addAll(command);
            var builder = new ProcessBuilder(full).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process;
            try {
                process = builder.start();
            } catch (IOException e) {
                throw new IOException("cannot start " + command.get(0) + ": " + e.getMessage(), e);
            }
            process.getOutputStream().close();
            log.follow(process.getInputStream(), log.file().getFileName().toString());
            return new ChildProcess(process);
        };
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void stop(long graceMillis) {
        process.destroy();
        boolean interrupted = false;
        try {
            if (process.waitFor(graceMillis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        process.destroyForcibly().onExit().join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String ending() {
        int code = process.exitValue();
        return code > 128 ? "ended by signal " + (code - 128) : "ended with code " + code;
    }
}
