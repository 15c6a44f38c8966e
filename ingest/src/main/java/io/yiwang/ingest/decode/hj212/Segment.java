package io.yiwang.ingest.decode.hj212;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data segment of a frame: who, which command, and the text of its data area.
 *
 * @param number QN, {@code yyyyMMddHHmmssSSS} of the request; empty where the device leaves it out (2005)
 * @param system ST, e.g. 32 waste water; empty when left out
 * @param command CN
 * @param password PW
 * @param device MN; empty when left out
 * @param version 0 = 2005, 1 = 2017, 2 = 2025, others are of the future
 * @param asksAnswer bit A of Flag
 * @param packets PNUM; 1 when the message is not split
 * @param packet PNO, from 1
 * @param resent RF=1 (2025)
 * @param data between {@code CP=&&} and {@code &&}
 */
public record Segment(
        String number,
        String system,
        String command,
        String password,
        String device,
        int version,
        boolean asksAnswer,
        int packets,
        int packet,
        boolean resent,
        String data) {

    static final int MAX_PACKETS = 9999;

    /** The name of the data area and its opening; a separator before it is missing in the standard's own examples. */
    private static final Pattern DATA = Pattern.compile("CP\\s*=\\s*&&");

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    /** HJ 212-2025: the area is one block of hexadecimal digits or base 64 instead of names and values. */
    private static final Pattern ENCRYPTED = Pattern.compile("[A-Za-z0-9+/\\s]{16,}={0,2}\\s*");

    /**
     * Reads what stands between length and checksum. Blanks count nowhere, a comma does for a semicolon, and the order of the fields is
     * free.
     *
     * @return empty when it has no data area or no command
     */
    public static Optional<Segment> read(String text) {
        Matcher opening = DATA.matcher(text);
        int from;
        int to;
        String head;
        if (opening.find()) {
            from = opening.end();
            to = text.lastIndexOf("&&");
            if (to < from) {
                return Optional.empty();
            }
            head = text.substring(0, opening.start());
        } else {
            return Optional.empty();
        }
        var draft = new Head();
        for (var field : head.split("[;,]")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                draft.field(
                        withoutBlanks(field.substring(0, equals)).toUpperCase(Locale.ROOT),
                        withoutBlanks(field.substring(equals + 1)));
            }
        }
        return draft.command.isEmpty() ? Optional.empty() : Optional.of(draft.with(text.substring(from, to)));
    }

    static String withoutBlanks(String text) {
        boolean has = false;
        for (int i = 0; i < text.length() && !has; i++) {
            has = Character.isWhitespace(text.charAt(i));
        }
        return has ? text.replaceAll("\\s", "") : text;
    }

    /** Whether the data area cannot be read without a key. */
    public boolean isEncrypted() {
        return version >= 2 && ENCRYPTED.matcher(data).matches();
    }

    /** Whether the data area certainly ends where an item does, also if it is a packet of a split one. */
    public boolean endsWithItem() {
        return DataArea.isClosed(data);
    }

    /** The first packet of several, or one behind it. */
    public boolean isSplit() {
        return packets > 1;
    }

    /** Flag of an answer to this: its version, no further answer wanted. */
    public int answerFlag() {
        return version << 2;
    }

    /** The fields before the data area while they are read. */
    private static final class Head {
        private String number = "";
        private String system = "";
        private String command = "";
        private String password = "";
        private String device = "";
        private int flag;
        private int packets = 1;
        private int packet = 1;
        private boolean resent;

        void field(String name, String value) {
            switch (name) {
                case "QN" -> number = value;
                case "ST" -> system = value;
                case "CN" -> command = value;
                case "PW" -> password = value;
                case "MN" -> device = value;
                case "FLAG" -> flag = integer(value, 0);
                case "PNUM" -> packets = Math.min(MAX_PACKETS, Math.max(1, integer(value, 1)));
                case "PNO" -> packet = Math.max(1, integer(value, 1));
                case "RF" -> resent = value.equals("1");
                default -> {
                    // Fields of provinces and makers say nothing that is needed.
                }
            }
        }

        private static int integer(String text, int otherwise) {
            return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : otherwise;
        }

        Segment with(String data) {
            return new Segment(
                    number,
                    system,
                    command,
                    password,
                    device,
                    flag >>> 2 & 0x3F,
                    (flag & 1) == 1,
                    packets,
                    packet,
                    resent,
                    data);
        }
    }
}
