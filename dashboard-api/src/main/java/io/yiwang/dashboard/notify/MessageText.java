package io.yiwang.dashboard.notify;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Words of a message: what, where, value against limit, since when, why, what to do first, where to look. */
final class MessageText {
    private static final int LONGEST_SUBJECT = 150;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final ZoneId zone;
    private final String pages;

    /** @param pages address of the dashboard's pages without a slash at its end */
    MessageText(ZoneId zone, String pages) {
        this.zone = zone;
        this.pages = pages;
    }

    String subject(Notice notice) {
        return cut("[G" + notice.grade() + "] " + line(notice.facilityName().zh()) + " "
                + line(notice.metricName().zh()) + " " + sideZh(notice) + " | "
                + line(notice.facilityName().en()) + " "
                + line(notice.metricName().en()) + " " + sideEn(notice));
    }

    String body(Notice notice) {
        var unit = notice.unit().equals("1") || notice.unit().isEmpty() ? "" : " " + line(notice.unit());
        var value = number(notice.value()) + unit;
        var limit = number(notice.limit()) + unit;
        var since = time(notice.since()) + " (" + zone + ")";
        var source = notice.source().isEmpty() ? "—" : line(notice.source());
        return String.join(
                "\n",
                (notice.kind().equals("instrument") ? "仪表告警" : "工艺告警") + "，" + notice.grade() + " 级",
                "对象：" + line(notice.facilityName().zh()) + "（" + notice.facility() + "，" + notice.district() + "）",
                "内容：" + line(notice.metricName().zh()) + " " + sideZh(notice),
                "当前值：" + value + "，限值：" + limit,
                "开始：" + since,
                "依据：" + source,
                "首要处置：" + firstActionZh(notice),
                "",
                (notice.kind().equals("instrument") ? "Instrument alarm" : "Process alarm") + ", grade "
                        + notice.grade(),
                "Where: " + line(notice.facilityName().en()) + " (" + notice.facility() + ", " + notice.district()
                        + ")",
                "What: " + line(notice.metricName().en()) + " " + sideEn(notice),
                "Value: " + value + ", limit: " + limit,
                "Since: " + since,
                "Source: " + source,
                "First action: " + firstActionEn(notice),
                "",
                link(notice),
                "Alarm / 告警编号 " + notice.alarm());
    }

    /** Opening it only shows the alarm; nothing is acknowledged by following a link. */
    String link(Notice notice) {
        return pages + "/alarms/" + notice.alarm();
    }

    private String time(Instant time) {
        return TIME.format(time.atZone(zone));
    }

    private static String firstActionZh(Notice notice) {
        if (notice.kind().equals("instrument")) {
            return "在系统中确认；不要以该读数作判断，改用相邻测点，并派人检查仪表与通信。";
        }
        return notice.grade() == 1 ? "立即在系统中确认；与现场核实，必要时疏散并启动应急预案。" : "在系统中确认；与现场核实读数并查找原因。";
    }

    private static String firstActionEn(Notice notice) {
        if (notice.kind().equals("instrument")) {
            return "acknowledge it; do not decide by this reading, use a neighbouring one, and have instrument and link"
                    + " checked.";
        }
        return notice.grade() == 1
                ? "acknowledge it at once; verify with the site, evacuate and start the emergency plan if needed."
                : "acknowledge it; verify the reading with the site and look for the cause.";
    }

    private static String sideZh(Notice notice) {
        return switch (notice.side()) {
            case "ll" -> "过低";
            case "l" -> "偏低";
            case "h" -> "偏高";
            case "hh", "hhh" -> "过高";
            case "state" -> "状态异常";
            default -> "异常";
        };
    }

    private static String sideEn(Notice notice) {
        return switch (notice.side()) {
            case "ll" -> "very low";
            case "l" -> "low";
            case "h" -> "high";
            case "hh", "hhh" -> "very high";
            case "state" -> "in a bad state";
            default -> "abnormal";
        };
    }

    private static String number(@Nullable Double value) {
        return value == null
                ? "—"
                : new BigDecimal(value, new MathContext(6)).stripTrailingZeros().toPlainString();
    }

    /** One line of plain text: names come from people and must not break out of theirs. */
    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    private static String cut(String text) {
        if (text.codePointCount(0, text.length()) <= LONGEST_SUBJECT) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, LONGEST_SUBJECT - 1)) + "…";
    }
}
