package io.yiwang.streams.backtest;

import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file of {@link TelemetryRecord}s, each behind its length as {@code writeDelimitedTo} writes it. Reads the wire format itself,
 * because months of a city pass through here: the same few names stand in every record and become the same strings, and nothing is
 * made that the detection does not need. Fields it does not know are passed over.
 */
final class TelemetryRecords {
    /** Longest record that is believed: the topic takes no longer ones. */
    private static final int LONGEST = 1 << 20;

    private static final int BUFFER = 4 * LONGEST;
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final double[] NO_NUMBERS = {};

    private final InputStream in;
    private final String file;
    private final Names names = new Names();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    /** Byte of the file at which the buffer begins. */
    private long bufferOffset;

    private long records;
    private long newestLogMillis = Long.MIN_VALUE;

    // The values of the message that is being read; they grow to the largest one.
    private String[] metrics = new String[16];
    private double[] numbers = new double[16];
    private byte[] qualities = new byte[16];
    private double[] minima = new double[16];
    private double[] maxima = new double[16];
    private double[] totals = new double[16];
    private int size;

    private Fields fields = new Fields();

    /** Receives the records in their order. */
    interface Receiver {
        void message(TelemetryMessage message);

        void tick(long logMillis, long breakMillis);
    }

    /** @param file what messages call it */
    TelemetryRecords(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    /** The single fields of the message that is being read. */
    private static final class Fields {
        private String domain = "";
        private String district = "";
        private String facility = "";
        private String device = "";
        private String boot = "";
        private long seq;
        private long eventTimeMillis;
        private long receivedMillis;
        private int intervalSeconds;
    }

    /** Bytes that are not a record, found before its offset is known. */
    private static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /** Records read so far. */
    long records() {
        return records;
    }

    /** Bytes read so far. */
    long bytes() {
        return bufferOffset + at;
    }

    /**
     * Reads the next record.
     *
     * @return false at the end of the file
     * @throws BrokenRecord when the bytes are no record, or the record cannot be judged; the file cannot be read on
     * @throws IOException when the file itself cannot be read
     */
    boolean next(Receiver receiver) throws IOException {
        if (at == end && !fill(1)) {
            return false;
        }
        long offset = bytes();
        try {
            int length = frame();
            int limit = at + length;
            record(limit, receiver);
            at = limit;
        } catch (Malformed e) {
            throw new BrokenRecord(file, records + 1, offset, e.getMessage());
        }
        records++;
        return true;
    }

    /** The length of the next record, all of which is then in the buffer. */
    private int frame() throws IOException {
        long length = 0;
        for (int shift = 0; ; shift += 7) {
            if (at == end && !fill(1)) {
                throw new Malformed("the file ends within it");
            }
            byte b = buffer[at++];
            length |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
            if (shift == 28) {
                throw new Malformed("its length is no number");
            }
        }
        if (length > LONGEST) {
            throw new Malformed("it would be " + length + " bytes long, more than " + LONGEST);
        }
        if (end - at < length && !fill((int) length)) {
            throw new Malformed("the file ends within it");
        }
        return (int) length;
    }

    /** Reads on until {@code wanted} bytes from {@code at} on are there; false when the file ends before. */
    private boolean fill(int wanted) throws IOException {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        bufferOffset += at;
        end -= at;
        at = 0;
        while (end < wanted) {
            int read = in.read(buffer, end, BUFFER - end);
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }

    private void record(int limit, Receiver receiver) throws IOException {
        int telemetryAt = -1;
        int telemetryEnd = 0;
        int tickAt = -1;
        int tickEnd = 0;
        long logMillis = 0;
        while (at < limit) {
            int tag = (int) varint(limit);
            if (tag == (TelemetryRecord.TELEMETRY_FIELD_NUMBER << 3 | LENGTH)) {
                telemetryEnd = within(limit);
                telemetryAt = at;
                tickAt = -1;
                at = telemetryEnd;
            } else if (tag == (TelemetryRecord.TICK_FIELD_NUMBER << 3 | LENGTH)) {
                tickEnd = within(limit);
                tickAt = at;
                telemetryAt = -1;
                at = tickEnd;
            } else if (tag == (TelemetryRecord.LOG_MILLIS_FIELD_NUMBER << 3 | VARINT)) {
                logMillis = varint(limit);
            } else {
                skip(tag, limit);
            }
        }
        if (logMillis == 0) {
            throw new Malformed("it has no log clock (log_millis)");
        }
        if (logMillis < newestLogMillis) {
            throw new Malformed("its log clock " + logMillis + " lies before the " + newestLogMillis
                    + " of the one before; records come in the order of the log");
        }
        newestLogMillis = logMillis;
        if (telemetryAt >= 0) {
            at = telemetryAt;
            receiver.message(telemetry(telemetryEnd, logMillis));
        } else if (tickAt >= 0) {
            at = tickAt;
            receiver.tick(logMillis, breakMillis(tickEnd));
        } else {
            throw new Malformed("it is neither telemetry nor a tick");
        }
    }

    private long breakMillis(int limit) throws Malformed {
        long breakMillis = 0;
        while (at < limit) {
            int tag = (int) varint(limit);
            if (tag == (Tick.BREAK_MILLIS_FIELD_NUMBER << 3 | VARINT)) {
                breakMillis = varint(limit);
            } else {
                skip(tag, limit);
            }
        }
        return breakMillis;
    }

    private TelemetryMessage telemetry(int limit, long logMillis) throws Malformed {
        var of = fields;
        of.domain = of.district = of.facility = of.device = of.boot = "";
        of.seq = of.eventTimeMillis = of.receivedMillis = 0;
        of.intervalSeconds = 0;
        size = 0;
        while (at < limit) {
            int tag = (int) varint(limit);
            switch (tag) {
                case Telemetry.DOMAIN_FIELD_NUMBER << 3 | LENGTH -> of.domain = name(limit);
                case Telemetry.DISTRICT_FIELD_NUMBER << 3 | LENGTH -> of.district = name(limit);
                case Telemetry.FACILITY_FIELD_NUMBER << 3 | LENGTH -> of.facility = name(limit);
                case Telemetry.DEVICE_FIELD_NUMBER << 3 | LENGTH -> of.device = name(limit);
                case Telemetry.BOOT_FIELD_NUMBER << 3 | LENGTH -> of.boot = name(limit);
                case Telemetry.SEQ_FIELD_NUMBER << 3 | VARINT -> of.seq = varint(limit);
                case Telemetry.EVENT_TIME_MILLIS_FIELD_NUMBER << 3 | VARINT -> of.eventTimeMillis = varint(limit);
                case Telemetry.RECEIVED_MILLIS_FIELD_NUMBER << 3 | VARINT -> of.receivedMillis = varint(limit);
                case Telemetry.INTERVAL_SECONDS_FIELD_NUMBER << 3 | VARINT -> of.intervalSeconds = (int) varint(limit);
                case Telemetry.VALUES_FIELD_NUMBER << 3 | LENGTH -> value(within(limit));
                default -> skip(tag, limit);
            }
        }
        if (of.facility.isEmpty() || of.device.isEmpty()) {
            throw new Malformed("its telemetry has no facility or no device");
        }
        boolean spreads = of.intervalSeconds > 0;
        return new TelemetryMessage(
                of.domain,
                of.district,
                of.facility,
                of.device,
                of.boot,
                of.seq,
                of.eventTimeMillis,
                of.receivedMillis,
                logMillis,
                0,
                Arrays.copyOf(metrics, size),
                Arrays.copyOf(numbers, size),
                Arrays.copyOf(qualities, size),
                0,
                Math.max(0, of.intervalSeconds),
                spreads ? Arrays.copyOf(minima, size) : NO_NUMBERS,
                spreads ? Arrays.copyOf(maxima, size) : NO_NUMBERS,
                spreads ? Arrays.copyOf(totals, size) : NO_NUMBERS);
    }

    private void value(int limit) throws Malformed {
        if (size == metrics.length) {
            metrics = Arrays.copyOf(metrics, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
            qualities = Arrays.copyOf(qualities, 2 * size);
            minima = Arrays.copyOf(minima, 2 * size);
            maxima = Arrays.copyOf(maxima, 2 * size);
            totals = Arrays.copyOf(totals, 2 * size);
        }
        var metric = "";
        double number = Double.NaN;
        double min = Double.NaN;
        double max = Double.NaN;
        double total = Double.NaN;
        byte quality = Quality.GOOD_VALUE;
        while (at < limit) {
            int tag = (int) varint(limit);
            switch (tag) {
                case Value.METRIC_FIELD_NUMBER << 3 | LENGTH -> metric = name(limit);
                case Value.NUMBER_FIELD_NUMBER << 3 | FIXED64 -> number = fixed64(limit);
                case Value.QUALITY_FIELD_NUMBER << 3 | VARINT -> {
                    int code = (int) varint(limit);
                    // A quality that this version does not know is not good.
                    quality = (byte) (Quality.forNumber(code) == null ? Quality.DEVICE_BAD_VALUE : code);
                }
                case Value.MIN_FIELD_NUMBER << 3 | FIXED64 -> min = fixed64(limit);
                case Value.MAX_FIELD_NUMBER << 3 | FIXED64 -> max = fixed64(limit);
                case Value.TOTAL_FIELD_NUMBER << 3 | FIXED64 -> total = fixed64(limit);
                default -> skip(tag, limit);
            }
        }
        metrics[size] = metric;
        numbers[size] = number;
        qualities[size] = quality;
        minima[size] = min;
        maxima[size] = max;
        totals[size] = total;
        size++;
    }

    private String name(int limit) throws Malformed {
        int last = within(limit);
        var name = names.of(buffer, at, last - at);
        at = last;
        return name;
    }

    /** Where the part ends whose length comes next. */
    private int within(int limit) throws Malformed {
        long length = varint(limit);
        if (length < 0 || length > limit - at) {
            throw new Malformed("a part of it is longer than itself");
        }
        return at + (int) length;
    }

    private long varint(int limit) throws Malformed {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= limit) {
                throw new Malformed("it ends within a number");
            }
            byte b = buffer[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new Malformed("a number in it has no end");
    }

    private double fixed64(int limit) throws Malformed {
        if (limit - at < Long.BYTES) {
            throw new Malformed("it ends within a number");
        }
        long bits = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            bits = bits << 8 | buffer[at + i] & 0xff;
        }
        at += Long.BYTES;
        return Double.longBitsToDouble(bits);
    }

    private void skip(int tag, int limit) throws Malformed {
        if (tag >>> 3 == 0) {
            throw new Malformed("it has a field without number");
        }
        switch (tag & 7) {
            case VARINT -> varint(limit);
            case FIXED64 -> advance(Long.BYTES, limit);
            case LENGTH -> at = within(limit);
            case FIXED32 -> advance(Integer.BYTES, limit);
            default -> throw new Malformed("it has a field of a kind that no version writes");
        }
    }

    private void advance(int bytes, int limit) throws Malformed {
        if (limit - at < bytes) {
            throw new Malformed("it ends within a number");
        }
        at += bytes;
    }

    /** The strings met so far by their UTF-8 bytes; forgets all when there are more than a city has. */
    private static final class Names {
        private static final int SLOTS = 1 << 16;
        private static final int MOST = SLOTS / 2;

        private byte[][] keys = new byte[SLOTS][];
        private String[] names = new String[SLOTS];
        private int count;

        String of(byte[] bytes, int from, int length) {
            if (length == 0) {
                return "";
            }
            int hash = 1;
            for (int i = from; i < from + length; i++) {
                hash = 31 * hash + bytes[i];
            }
            int slot = (hash ^ hash >>> 16) & SLOTS - 1;
            for (var key = keys[slot]; key != null; key = keys[slot]) {
                if (Arrays.equals(key, 0, key.length, bytes, from, from + length)) {
                    return names[slot];
                }
                slot = slot + 1 & SLOTS - 1;
            }
            if (count == MOST) {
                keys = new byte[SLOTS][];
                names = new String[SLOTS];
                count = 0;
                return of(bytes, from, length);
            }
            count++;
            keys[slot] = Arrays.copyOfRange(bytes, from, from + length);
            names[slot] = new String(keys[slot], StandardCharsets.UTF_8);
            return names[slot];
        }
    }
}
