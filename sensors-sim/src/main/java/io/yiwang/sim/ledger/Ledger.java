package io.yiwang.sim.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The loss ledger: the sender's own word on every message, against which the whole system is audited.
 *
 * <p><b>Crash semantics.</b> The file is memory-mapped, so a record is in the operating system's page cache when
 * {@link #attempted} or {@link #acked} returns; no flush is needed, and {@code kill -9} of the process loses nothing. Since a
 * message is attempted in the ledger before it is sent, a stored value without an entry (a phantom) cannot come from a killed
 * sender. An ack can be missing (killed between PUBACK and {@code acked}): the message is then indeterminate, never lost. An
 * ack that did not happen is never claimed. Only a crash of the machine can lose records, about the last 30 seconds of the
 * page cache; values of those seconds then show as phantoms, and the reader says that a file is damaged.
 *
 * <p>Every opening starts a new file; files end after an hour or {@value #MAX_FILE_BYTES} bytes, are kept 48 h, and
 * the oldest go first when the folder exceeds {@value #MAX_FOLDER_BYTES} bytes (about 60 million messages). Several processes
 * may write into one folder. Thread-safe; a call costs well below a microsecond.
 */
public final class Ledger implements AutoCloseable {
    static final int MAX_FILE_BYTES = 64 << 20;
    static final long MAX_FOLDER_BYTES = 1L << 30;
    private static final Duration FILE_SPAN = Duration.ofHours(1);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int MAX_RECORD_BYTES = 64 << 10;

    private final Path folder;
    private final String run;
    private final InstantSource clock;
    private final LedgerFolder files;
    private final int maxFileBytes;

    private final ByteBuffer record = ByteBuffer.allocate(MAX_RECORD_BYTES);
    private final Map<String, Map<String, Integer>> deviceNumbers = new HashMap<>();
    private final Map<List<String>, Integer> metricsNumbers = new HashMap<>();
    private int devices;
    private long fileStartMillis;
    private long written;
    private @Nullable FileChannel channel;
    private @Nullable MappedByteBuffer chunk;

    Ledger(Path folder, String run, InstantSource clock, int maxFileBytes, long maxFolderBytes) {
        this.folder = folder;
        this.run = run;
        this.clock = clock;
        this.files = new LedgerFolder(folder, maxFolderBytes);
        this.maxFileBytes = maxFileBytes;
        try {
            Files.createDirectories(folder);
            startFile();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the ledger in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The ledger's folder within a data folder. */
    public static Path folderOf(Path data) {
        return data.resolve("ledger");
    }

    /**
     * Starts a new ledger file.
     *
     * @param folder the ledger's folder, see {@link #folderOf}; created when missing
     * @param run names this run of the sender, {@code [A-Za-z0-9_-]{1,64}}; the audit can be limited to it
     * @throws UncheckedIOException when the folder cannot be written
     */
    public static Ledger open(Path folder, String run) {
        if (!run.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("run '" + run + "' must match [A-Za-z0-9_-]{1,64}");
        }
        return new Ledger(folder, run, InstantSource.system(), MAX_FILE_BYTES, MAX_FOLDER_BYTES);
    }

    /**
     * A message is about to be sent for the first time; call before its first byte leaves, and not again for a resend.
     *
     * @param tsMillis the message's own timestamp, epoch ms
     * @param metrics the metrics that it carries values of
     * @throws UncheckedIOException when the disk is full: do not send then
     */
    public synchronized void attempted(String device, String boot, long seq, long tsMillis, List<String> metrics) {
        try {
            turnFileWhenDue();
            int deviceNumber = deviceNumber(device, boot);
            int metricsNumber = metricsNumber(metrics);
            begin();
            LedgerFormat.putLong(record, deviceNumber);
            LedgerFormat.putLong(record, seq);
            LedgerFormat.putLong(record, tsMillis - fileStartMillis);
            LedgerFormat.putLong(record, metricsNumber);
            append(LedgerFormat.ATTEMPTED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the ledger in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The broker has taken over a message (PUBACK with success). */
    public synchronized void acked(String device, String boot, long seq) {
        try {
            int deviceNumber = deviceNumber(device, boot);
            begin();
            LedgerFormat.putLong(record, deviceNumber);
            LedgerFormat.putLong(record, seq);
            append(LedgerFormat.ACKED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the ledger in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Ends the file; further calls fail. */
    @Override
    public synchronized void close() {
        try {
            endFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int deviceNumber(String device, String boot) throws IOException {
        var boots = deviceNumbers.computeIfAbsent(device, key -> new HashMap<>(2));
        var known = boots.get(boot);
        if (known != null) {
            return known;
        }
        begin();
        LedgerFormat.putText(record, device);
        LedgerFormat.putText(record, boot);
        append(LedgerFormat.DEVICE);
        boots.put(boot, devices);
        return devices++;
    }

    private int metricsNumber(List<String> metrics) throws IOException {
        var known = metricsNumbers.get(metrics);
        if (known != null) {
            return known;
        }
        begin();
        LedgerFormat.putLong(record, metrics.size());
        metrics.forEach(metric -> LedgerFormat.putText(record, metric));
        append(LedgerFormat.METRICS);
        int number = metricsNumbers.size();
        metricsNumbers.put(List.copyOf(metrics), number);
        return number;
    }

    private void begin() {
        record.clear();
    }

    private void append(byte type) throws IOException {
        record.putShort(LedgerFormat.check(type, record, 0, record.position()));
        record.flip();
        var to = room(1 + record.remaining());
        int at = to.position();
        to.position(at + 1);
        to.put(record);
        VarHandle.releaseFence();
        to.put(at, type);
        written += to.position() - at;
    }

    /** A mapped buffer with at least {@code bytes} (and a zero after them) left. */
    private MappedByteBuffer room(int bytes) throws IOException {
        if (channel == null) {
            throw new IllegalStateException("the ledger is closed");
        }
        if (chunk == null || chunk.remaining() <= bytes) {
            // Zeros are written, not only mapped: a full disk is then an IOException here instead of a fault in the
            // mapping.
            var zeros = ByteBuffer.allocate(CHUNK_BYTES);
            long at = Math.max(channel.size(), written);
            long end = written + CHUNK_BYTES;
            while (at < end) {
                zeros.clear().limit((int) Math.min(CHUNK_BYTES, end - at));
                at += channel.write(zeros, at);
            }
            chunk = channel.map(FileChannel.MapMode.READ_WRITE, written, CHUNK_BYTES);
        }
        return chunk;
    }

    private void turnFileWhenDue() throws IOException {
        if (clock.millis() - fileStartMillis >= FILE_SPAN.toMillis() || written >= maxFileBytes) {
            endFile();
            startFile();
        }
    }

    private void startFile() throws IOException {
        fileStartMillis = clock.millis();
        files.prune(fileStartMillis);
        deviceNumbers.clear();
        metricsNumbers.clear();
        devices = 0;
        written = 0;
        for (int attempt = 0; channel == null; attempt++) {
            try {
                channel = FileChannel.open(
                        files.name(fileStartMillis, run, attempt),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // Another process, or this one within the same millisecond: the next number is free.
                continue;
            }
        }
        begin();
        record.putInt(LedgerFormat.MAGIC);
        record.putLong(fileStartMillis);
        LedgerFormat.putText(record, run);
        record.flip();
        written = record.remaining();
        channel.write(record, 0);
    }

    private void endFile() throws IOException {
        if (channel != null) {
            chunk = null;
            channel.truncate(written);
            channel.close();
            channel = null;
        }
    }
}
