package io.yiwang.ingest.decode.hj212;

import io.yiwang.ingest.decode.hj212.Piece.Broken;
import io.yiwang.ingest.decode.hj212.Piece.Frame;
import io.yiwang.model.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a stream of bytes into frames: {@code ##}, four digits, a segment of so many bytes, four hexadecimal digits, CR LF.
 *
 * <p>After bytes that are no frame it goes on at the next {@code ##}, also when that lies inside what a wrong length claims. It holds at
 * most one frame of the greatest length. A frame counts from its checksum on; line ends and blanks between frames are read over,
 * whatever they are.
 */
public final class FrameSplitter {
    /** What the four digits can say, and what goes around it. */
    public static final int LONGEST_SEGMENT = 9999;

    static final int KEPT_OF_BROKEN = 4096;

    private static final int HEADER = 6;
    private static final int CHECKSUM = 4;

    private final int maxSegment;
    private byte[] buffer = new byte[1024];
    /** Bytes before this are done with. */
    private int start;

    private int end;

    /** @param maxSegment bytes of the longest segment that is taken, at most {@link #LONGEST_SEGMENT} */
    public FrameSplitter(int maxSegment) {
        if (maxSegment < 64 || maxSegment > LONGEST_SEGMENT) {
            throw new IllegalArgumentException(
                    "a segment of at most " + maxSegment + " bytes is not from 64 to " + LONGEST_SEGMENT);
        }
        this.maxSegment = maxSegment;
    }

    /** Takes the next bytes of the stream and returns what is complete. */
    public List<Piece> feed(byte[] bytes) {
        return feed(bytes, 0, bytes.length);
    }

    List<Piece> feed(byte[] bytes, int from, int to) {
        var pieces = new ArrayList<Piece>(1);
        int taken = from;
        while (taken < to) {
            // In portions, so that the buffer stays small however much comes at once.
            int portion = Math.min(to - taken, maxSegment + HEADER + CHECKSUM);
            append(bytes, taken, portion);
            taken += portion;
            cut(pieces, false);
        }
        return pieces;
    }

    /** The stream is over: what is left is no frame. */
    public List<Piece> end() {
        var pieces = new ArrayList<Piece>(1);
        cut(pieces, true);
        return pieces;
    }

    /** Bytes that wait for more. */
    public int waiting() {
        return end - start;
    }

    private void append(byte[] bytes, int from, int count) {
        if (end + count > buffer.length) {
            int left = end - start;
            var target = left + count > buffer.length ? new byte[Math.max(2 * buffer.length, left + count)] : buffer;
            System.arraycopy(buffer, start, target, 0, left);
            buffer = target;
            start = 0;
            end = left;
        }
        System.arraycopy(bytes, from, buffer, end, count);
        end += count;
    }

    private void cut(List<Piece> pieces, boolean over) {
        while (true) {
            while (start < end && isBetweenFrames(buffer[start])) {
                start++;
            }
            if (start == end) {
                return;
            }
            int mark = mark(start);
            if (mark > start) {
                broken(pieces, mark, RejectReason.MALFORMED, "no frame begins here");
                continue;
            }
            if (mark < 0) {
                // A single # at the end may be the first half of a mark.
                int keep = !over && buffer[end - 1] == '#' ? 1 : 0;
                if (end - start == keep) {
                    return;
                }
                broken(pieces, end - keep, RejectReason.MALFORMED, "no frame begins here");
                continue;
            }
            if (!frame(pieces, over)) {
                return;
            }
        }
    }

    /** Cuts what begins with the mark at {@link #start}; false when it takes more bytes to tell. */
    private boolean frame(List<Piece> pieces, boolean over) {
        int available = end - start;
        int digits = 0;
        while (digits < 4 && 2 + digits < available && isDigit(buffer[start + 2 + digits])) {
            digits++;
        }
        if (digits < 4) {
            return (2 + digits < available || over)
                    && skip(pieces, RejectReason.MALFORMED, "the length is not four digits", end);
        }
        int length = Integer.parseInt(new String(buffer, start + 2, 4, StandardCharsets.ISO_8859_1));
        if (length > maxSegment) {
            return skip(
                    pieces, RejectReason.TOO_LARGE, "a segment of " + length + " bytes; at most " + maxSegment, end);
        }
        int segment = start + HEADER;
        int checksum = segment + length;
        int line = lineEnd(segment, Math.min(checksum, end));
        if (line >= 0) {
            // A segment holds no line end, so the length is wrong.
            return skip(
                    pieces,
                    RejectReason.MALFORMED,
                    "the length says " + length + " bytes, the line has " + Math.max(0, line - segment - CHECKSUM),
                    line);
        }
        if (available < HEADER + length + CHECKSUM) {
            return over
                    && skip(
                            pieces,
                            RejectReason.MALFORMED,
                            "the frame ends before the " + length + " bytes that it announces",
                            end);
        }
        if (take(pieces, checksum, false)) {
            return true;
        }
        int characters = afterCharacters(segment, length);
        if (characters > checksum && characters - segment <= maxSegment) {
            if (characters + CHECKSUM <= end) {
                if (take(pieces, characters, true)) {
                    return true;
                }
            } else if (!over && lineEnd(segment, end) < 0) {
                return false;
            }
        }
        return hex(checksum) < 0
                ? skip(
                        pieces,
                        RejectReason.MALFORMED,
                        "no checksum follows after " + length + " bytes",
                        checksum + CHECKSUM)
                : skip(pieces, RejectReason.CHECKSUM, mismatch(segment, checksum), checksum + CHECKSUM);
    }

    /** Takes the frame whose checksum stands at {@code checksum}; false when it does not fit. */
    private boolean take(List<Piece> pieces, int checksum, boolean countsCharacters) {
        int said = hex(checksum);
        int segment = start + HEADER;
        var matching = said < 0
                ? null
                : Checksum.matching(buffer, segment, checksum, said).orElse(null);
        if (matching == null) {
            return false;
        }
        pieces.add(new Frame(
                Arrays.copyOfRange(buffer, start, checksum + CHECKSUM),
                new String(buffer, segment, checksum - segment, StandardCharsets.UTF_8),
                matching,
                countsCharacters));
        start = checksum + CHECKSUM;
        return true;
    }

    private String mismatch(int segment, int checksum) {
        return "the checksum is %s; annex A gives %04X, Modbus %04X"
                .formatted(
                        new String(buffer, checksum, CHECKSUM, StandardCharsets.ISO_8859_1),
                        Checksum.ANNEX_A.of(buffer, segment, checksum),
                        Checksum.MODBUS.of(buffer, segment, checksum));
    }

    /** Gives up what begins here, up to {@code limit} or a mark before it. */
    private boolean skip(List<Piece> pieces, RejectReason reason, String detail, int limit) {
        int next = mark(start + 1);
        int to = next >= 0 && next < limit ? next : limit;
        if (to == end && end - start > 1 && buffer[end - 1] == '#') {
            // The first half of a mark, perhaps.
            to--;
        }
        broken(pieces, to, reason, detail);
        return true;
    }

    private void broken(List<Piece> pieces, int to, RejectReason reason, String detail) {
        pieces.add(new Broken(
                reason, detail, Arrays.copyOfRange(buffer, start, Math.min(to, start + KEPT_OF_BROKEN)), to - start));
        start = to;
    }

    /** Where the next {@code ##} from {@code from} on is, -1 when there is none. */
    private int mark(int from) {
        for (int i = from; i + 1 < end; i++) {
            if (buffer[i] == '#' && buffer[i + 1] == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Where the line of {@code [from, to)} ends, -1 when it does not. */
    private int lineEnd(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\r' || buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Where {@code count} characters of UTF-8 end, which may be behind {@link #end}. */
    private int afterCharacters(int from, int count) {
        int at = from;
        for (int i = 0; i < count; i++) {
            int lead = at < end ? buffer[at] & 0xFF : 0;
            at += lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        }
        return at;
    }

    /** Four hexadecimal digits; -1 when they are not. */
    private int hex(int at) {
        int value = 0;
        for (int i = at; i < at + CHECKSUM; i++) {
            int digit = Character.digit(buffer[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static boolean isBetweenFrames(byte octet) {
        return octet == '\r' || octet == '\n' || octet == ' ' || octet == '\t' || octet == 0;
    }
}
