package io.yiwang.ingest.hj212;

import io.yiwang.ingest.decode.hj212.Checksum;
import io.yiwang.ingest.decode.hj212.Command;
import io.yiwang.ingest.decode.hj212.LoggerTime;
import io.yiwang.ingest.decode.hj212.Segment;
import java.nio.charset.StandardCharsets;

/** What a logger is told: frames of system 91, with its own password, in its version and with the checksum that it uses itself. */
final class Answers {
    /** QnRtn: why a request is not carried out. */
    enum Refusal {
        PASSWORD(3),
        DEVICE(4),
        COMMAND(8);

        private final int code;

        Refusal(int code) {
            this.code = code;
        }
    }

    private static final String SET_TIME = "1012";
    private static final String INTERACTION = "91";

    private Answers() {}

    /** 9014: what it sent is stored. */
    static byte[] stored(Segment of, Checksum checksum) {
        return frame(of, of.number(), Command.DATA_ANSWER.number(), of.answerFlag(), "", checksum);
    }

    /** 9013: its notice has come. */
    static byte[] noticed(Segment of, Checksum checksum) {
        return frame(of, of.number(), Command.NOTICE_ANSWER.number(), of.answerFlag(), "", checksum);
    }

    /** 9011: it is refused. */
    static byte[] refused(Segment of, Refusal why, Checksum checksum) {
        return frame(of, of.number(), Command.REQUEST_ANSWER.number(), of.answerFlag(), "QnRtn=" + why.code, checksum);
    }

    /** 1012: the time that it is to set, an own request that it answers with 9011 and 9012. */
    static byte[] setTime(Segment of, long nowMillis, Checksum checksum) {
        return frame(
                of,
                LoggerTime.number(nowMillis),
                SET_TIME,
                of.answerFlag() | 1,
                "SystemTime=" + LoggerTime.seconds(nowMillis),
                checksum);
    }

    private static byte[] frame(Segment of, String number, String command, int flag, String data, Checksum checksum) {
        var segment = (number.isEmpty() ? "" : "QN=" + number + ";") + "ST="
                + (command.equals(SET_TIME) ? of.system() : INTERACTION) + ";CN=" + command + ";PW=" + of.password()
                + ";MN=" + of.device() + ";Flag=" + flag + ";CP=&&" + data + "&&";
        var bytes = segment.getBytes(StandardCharsets.UTF_8);
        return "##%04d%s%04X\r\n"
                .formatted(bytes.length, segment, checksum.of(bytes, 0, bytes.length))
                .getBytes(StandardCharsets.UTF_8);
    }
}
