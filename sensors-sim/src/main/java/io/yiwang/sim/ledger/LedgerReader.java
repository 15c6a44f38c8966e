package io.yiwang.sim.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a ledger folder, also while senders are still writing it. */
public final class LedgerReader {
    private LedgerReader() {}

    /** What a ledger file says, in the order of writing. */
    interface Visitor {
        void attempted(String run, String device, String boot, long seq, long tsMillis, List<String> metrics);

        void acked(String device, String boot, long seq);
    }

    /**
     * Everything that the folder's files say; an empty result when there is no folder.
     *
     * @throws UncheckedIOException when a file cannot be read
     */
    public static LedgerContents read(Path folder) {
        try {
            return readFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the ledger in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static LedgerContents readFolder(Path folder) throws IOException {
        var layout = new LedgerFolder(folder, Long.MAX_VALUE);
        var files = layout.list();
        var devices = new HashMap<String, DeviceEntries.Builder>();
        var runs = new TreeSet<String>();
        var visitor = new Visitor() {
            @Override
            public void attempted(String run, String device, String boot, long seq, long ts, List<String> metrics) {
                runs.add(run);
                devices.computeIfAbsent(device, DeviceEntries.Builder::new).attempted(run, boot, seq, ts, metrics);
            }

            @Override
            public void acked(String device, String boot, long seq) {
                devices.computeIfAbsent(device, DeviceEntries.Builder::new).acked(boot, seq);
            }
        };
        var damaged = new ArrayList<Path>();
        for (var file : files) {
            try {
                if (!readFile(file, visitor)) {
                    damaged.add(file);
                }
            } catch (NoSuchFileException e) {
                continue; // dropped by its age while reading
            }
        }
        Map<String, DeviceEntries> entries = new TreeMap<>();
        devices.forEach((device, builder) -> {
            var built = builder.build();
            if (built.size() > 0) {
                entries.put(device, built);
            }
        });
        return new LedgerContents(
                entries,
                List.copyOf(runs),
                files.isEmpty() ? Long.MAX_VALUE : LedgerFolder.startOf(files.get(0)),
                layout.horizonMillis(),
                damaged);
    }

    /** Reads the whole records of one file; false when something other than zeros follows them. */
    static boolean readFile(Path file, Visitor visitor) throws IOException {
        var buffer = ByteBuffer.wrap(Files.readAllBytes(file));
        if (buffer.remaining() < Integer.BYTES + Long.BYTES) {
            return allZeros(buffer); // killed right after creation
        }
        if (buffer.getInt() != LedgerFormat.MAGIC) {
            return false;
        }
        var devices = new ArrayList<String[]>();
        var metrics = new ArrayList<List<String>>();
        try {
            long startMillis = buffer.getLong();
            var run = LedgerFormat.getText(buffer);
            while (buffer.hasRemaining()) {
                byte type = buffer.get();
                if (type == LedgerFormat.END) {
                    int end = buffer.position() - 1;
                    return allZeros(buffer) || writtenMeanwhile(file, end);
                }
                int from = buffer.position();
                Runnable act;
                switch (type) {
                    case LedgerFormat.DEVICE -> {
                        var names = new String[] {LedgerFormat.getText(buffer), LedgerFormat.getText(buffer)};
                        act = () -> devices.add(names);
                    }
                    case LedgerFormat.METRICS -> {
                        long count = LedgerFormat.getLong(buffer);
                        var set = new ArrayList<String>();
                        for (long i = 0; i < count; i++) {
                            set.add(LedgerFormat.getText(buffer));
                        }
                        act = () -> metrics.add(List.copyOf(set));
                    }
                    case LedgerFormat.ATTEMPTED -> {
                        var device = devices.get((int) LedgerFormat.getLong(buffer));
                        long seq = LedgerFormat.getLong(buffer);
                        long ts = startMillis + LedgerFormat.getLong(buffer);
                        var set = metrics.get((int) LedgerFormat.getLong(buffer));
                        act = () -> visitor.attempted(run, device[0], device[1], seq, ts, set);
                    }
                    case LedgerFormat.ACKED -> {
                        var device = devices.get((int) LedgerFormat.getLong(buffer));
                        long seq = LedgerFormat.getLong(buffer);
                        act = () -> visitor.acked(device[0], device[1], seq);
                    }
                    default -> {
                        return false;
                    }
                }
                int to = buffer.position();
                if (buffer.getShort() != LedgerFormat.check(type, buffer, from, to)) {
                    return false;
                }
                act.run();
            }
            return true;
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            return false; // torn: only a crash of the machine or a copy of part of the file does this
        }
    }

    /** Whether a record that had no type yet when the file was read has one now: a sender was just writing it. */
    private static boolean writtenMeanwhile(Path file, int position) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var type = ByteBuffer.allocate(1);
            return channel.read(type, position) == 1 && type.get(0) != LedgerFormat.END;
        }
    }

    private static boolean allZeros(ByteBuffer rest) {
        while (rest.hasRemaining()) {
            if (rest.get() != 0) {
                return false;
            }
        }
        return true;
    }
}
