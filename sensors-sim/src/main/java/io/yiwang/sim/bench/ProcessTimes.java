package io.yiwang.sim.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * CPU time of processes with all their children, from Linux's {@code /proc}. A child that ended between two looks is counted
 * by its parent, which waited for it; a child that is a root of its own belongs to that root alone.
 */
final class ProcessTimes {
    /** USER_HZ, which Linux has kept at 100 towards user space on every architecture that a JVM runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int PARENT = 1;
    private static final int FIRST_TIME = 11;
    private static final int TIMES = 4;
    /** Of a thread only its own: the times of children are the whole process's. */
    private static final int THREAD_TIMES = 2;

    private final Path proc;

    ProcessTimes(Path proc) {
        this.proc = proc;
    }

    /** @param ticks user and system time, with that of children it has waited for */
    record Stat(long pid, long parent, long ticks) {}

    /** Seconds of CPU used so far by each named process; those that are gone are left out. */
    Map<String, Double> seconds(Map<String, Long> roots) {
        var stats = new HashMap<Long, Stat>();
        var children = new HashMap<Long, List<Long>>();
        for (var stat : all()) {
            stats.put(stat.pid, stat);
            children.computeIfAbsent(stat.parent, key -> new ArrayList<>()).add(stat.pid);
        }
        var seconds = new LinkedHashMap<String, Double>();
        var others = new HashSet<>(roots.values());
        roots.forEach((name, pid) -> {
            if (stats.containsKey(pid)) {
                seconds.put(name, ticks(pid, stats, children, others) / TICKS_PER_SECOND);
            }
        });
        return seconds;
    }

    /** Seconds of CPU used so far by each thread of a JVM that compiles; empty for any other program. */
    Map<Long, Double> compilerSeconds(long pid) {
        var seconds = new HashMap<Long, Double>();
        try (var threads = Files.newDirectoryStream(proc.resolve(pid + "/task"), "[0-9]*")) {
            for (var thread : threads) {
                readCompiler(thread).ifPresent(stat -> seconds.put(stat.pid, stat.ticks / TICKS_PER_SECOND));
            }
        } catch (IOException e) {
            return Map.of(); // ended meanwhile
        }
        return seconds;
    }

    /** HotSpot's compiler threads are called {@code C1 CompilerThread0}, of which Linux keeps 15 characters. */
    private static Optional<Stat> readCompiler(Path thread) {
        try {
            var line = Files.readString(thread.resolve("stat"));
            return line.contains("(C1 Compiler") || line.contains("(C2 Compiler")
                    ? Optional.of(parse(line, THREAD_TIMES))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // ended meanwhile
        }
    }

    /** CPU time of the whole machine so far. */
    Machine machine() {
        try (var lines = Files.lines(proc.resolve("stat"))) {
            return parseMachine(lines.findFirst().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + proc + "/stat: CPU time needs Linux", e);
        }
    }

    /** @param busy ticks spent on anything, {@code total} ticks passed, over all CPUs */
    record Machine(long busy, long total) {
        /** Share of the CPUs in use between the two looks, 0 to 1. */
        double busySince(Machine before) {
            return (double) (busy - before.busy) / Math.max(1, total - before.total);
        }
    }

    /** The first line of {@code /proc/stat}: user nice system idle iowait irq softirq steal (guest is within user). */
    static Machine parseMachine(String line) {
        var fields = line.strip().split("\\s+");
        long total = 0;
        long idle = 0;
        for (int i = 1; i <= 8 && i < fields.length; i++) {
            total += Long.parseLong(fields[i]);
            idle += i == 4 || i == 5 ? Long.parseLong(fields[i]) : 0;
        }
        return new Machine(total - idle, total);
    }

    private static long ticks(long root, Map<Long, Stat> stats, Map<Long, List<Long>> children, Set<Long> roots) {
        long ticks = 0;
        var open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            long pid = open.poll();
            ticks += stats.get(pid).ticks;
            children.getOrDefault(pid, List.of()).stream()
                    .filter(child -> !roots.contains(child))
                    .forEach(open::add);
        }
        return ticks;
    }

    private List<Stat> all() {
        var all = new ArrayList<Stat>();
        try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var entry : entries) {
                read(entry).ifPresent(all::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + proc + ": CPU time needs Linux", e);
        }
        return all;
    }

    private static Optional<Stat> read(Path process) {
        try {
            return Optional.of(parse(Files.readString(process.resolve("stat"))));
        } catch (IOException e) {
            return Optional.empty(); // ended meanwhile
        }
    }

    /** One line of {@code /proc/PID/stat}, see proc(5); the name in parentheses may hold anything. */
    static Stat parse(String line) {
        return parse(line, TIMES);
    }

    private static Stat parse(String line, int times) {
        long pid = Long.parseLong(line.substring(0, line.indexOf(' ')));
        var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = 0; i < times; i++) {
            ticks += Long.parseLong(fields[FIRST_TIME + i]);
        }
        return new Stat(pid, Long.parseLong(fields[PARENT]), ticks);
    }
}
