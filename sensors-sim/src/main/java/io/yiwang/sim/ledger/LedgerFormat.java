package io.yiwang.sim.ledger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a ledger file.
 *
 * <pre>
 * file    = magic "YWL1" · start of the file, epoch ms (8 bytes) · run (text) · record* · zeros
 * record  = type (1 byte, never 0, written last) · fields · check (2 bytes over type and fields)
 * DEVICE    device (text) · boot (text)                          gets the next number, from 0, within the file
 * METRICS   count (varint) · metric (text) each                  gets the next number, from 0, within the file
 * ATTEMPTED device number · seq · ts − start of the file · metrics number
 * ACKED     device number · seq
 * text    = length (varint) · UTF-8;   numbers are zigzag varints
 * </pre>
 *
 * The type is stored after everything else of its record, so a process killed at any instant leaves whole records and then
 * zeros. The check catches what only a crash of the machine can do: a page that never reached the disk.
 */
final class LedgerFormat {
    static final int MAGIC = 0x59574C31;
    static final String SUFFIX = ".ledger";
    static final byte END = 0;
    static final byte DEVICE = 1;
    static final byte METRICS = 2;
    static final byte ATTEMPTED = 3;
    static final byte ACKED = 4;

    /** Longest text, bytes; ids are at most 64, boots and metric codes likewise. */
    static final int MAX_TEXT = 4096;

    private LedgerFormat() {}

    static void putLong(ByteBuffer to, long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    static long getLong(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new BufferUnderflowException();
    }

    static void putText(ByteBuffer to, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "text of " + bytes.length + " bytes is too long for the ledger: " + text.substring(0, 64) + "…");
        }
        putLong(to, bytes.length);
        to.put(bytes);
    }

    static String getText(ByteBuffer from) {
        long length = getLong(from);
        if (length < 0 || length > MAX_TEXT || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[(int) length];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Check over {@code type} and the bytes {@code [from, to)}. */
    static short check(byte type, ByteBuffer buffer, int from, int to) {
        int hash = 0x811C9DC5 ^ type;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (buffer.get(i) & 0xFF)) * 0x01000193;
        }
        return (short) (hash ^ (hash >>> 16));
    }
}
