package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.notify.Notice.Expected;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
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
        var marks = notice.withdrawn() != null ? "[已撤销 withdrawn] " : "";
        var count = notice.raisedCount() > 1 ? " ×" + notice.raisedCount() : "";
        return cut(marks + "[G" + notice.grade() + "] "
                + line(notice.facilityName().zh()) + " " + whatZh(notice) + count + " | "
                + line(notice.facilityName().en()) + " " + whatEn(notice) + count);
    }

    String body(Notice notice) {
        var lines = new ArrayList<String>();
        chinese(notice, lines);
        lines.add("");
        english(notice, lines);
        lines.add("");
        lines.add(link(notice));
        lines.add("Alarm / 告警编号 " + notice.alarm());
        return String.join("\n", lines);
    }

    private void chinese(Notice notice, List<String> lines) {
        var kind = switch (notice.kind()) {
            case "instrument" -> "仪表告警";
            case "incident" -> "综合事件";
            default -> "工艺告警";
        };
        lines.add((notice.withdrawn() == null ? "" : "已撤销：") + kind + "，" + notice.grade() + " 级"
                + (notice.raisedCount() > 1 ? "，第 " + notice.raisedCount() + " 次发生" : ""));
        lines.add("对象：" + line(notice.facilityName().zh()) + "（" + notice.facility() + "，" + notice.district() + "）");
        lines.add("内容：" + whatZh(notice));
        if (notice.kind().equals("incident")) {
            notice.members().forEach(member -> lines.add("· " + line(member.zh())));
        } else {
            lines.add("当前值：" + measured(notice, notice.value())
                    + (notice.learned() == null
                            ? "，限值：" + measured(notice, notice.limit())
                            : "，预期：" + band(notice, notice.learned())));
        }
        lines.add("开始：" + time(notice.since()) + " (" + zone + ")");
        lines.add("依据：" + source(notice, "由本测点历史学习得出"));
        lines.add("首要处置：" + firstActionZh(notice));
    }

    private void english(Notice notice, List<String> lines) {
        var kind = switch (notice.kind()) {
            case "instrument" -> "Instrument alarm";
            case "incident" -> "Incident";
            default -> "Process alarm";
        };
        lines.add((notice.withdrawn() == null ? "" : "Withdrawn: ") + kind + ", grade " + notice.grade()
                + (notice.raisedCount() > 1 ? ", raised " + notice.raisedCount() + " times" : ""));
        lines.add("Where: " + line(notice.facilityName().en()) + " (" + notice.facility() + ", " + notice.district()
                + ")");
        lines.add("What: " + whatEn(notice));
        if (notice.kind().equals("incident")) {
            notice.members().forEach(member -> lines.add("- " + line(member.en())));
        } else {
            lines.add("Value: " + measured(notice, notice.value())
                    + (notice.learned() == null
                            ? ", limit: " + measured(notice, notice.limit())
                            : ", expected: " + band(notice, notice.learned())));
        }
        lines.add("Since: " + time(notice.since()) + " (" + zone + ")");
        lines.add("Source: " + source(notice, "learned from the point's own history"));
        lines.add("First action: " + firstActionEn(notice));
    }

    private static String measured(Notice notice, @Nullable Double value) {
        return number(value) + unit(notice);
    }

    private static String band(Notice notice, Expected learned) {
        return number(learned.low()) + " – " + number(learned.high()) + unit(notice);
    }

    private static String unit(Notice notice) {
        return notice.unit().equals("1") || notice.unit().isEmpty() ? "" : " " + line(notice.unit());
    }

    private static String source(Notice notice, String learned) {
        if (!notice.source().isEmpty()) {
            return line(notice.source());
        }
        return notice.learned() == null ? "—" : learned;
    }

    /** Opening it only shows the alarm; nothing is acknowledged by following a link. */
    String link(Notice notice) {
        return pages + "/alarms/" + notice.alarm();
    }

    private String time(Instant time) {
        return TIME.format(time.atZone(zone));
    }

    private static String firstActionZh(Notice notice) {
        if (notice.withdrawn() != null) {
            return "无需处置：迟到的数据表明当时并未异常。";
        }
        if (notice.kind().equals("incident") && notice.firstStep() != null) {
            return line(notice.firstStep().zh());
        }
        if (notice.kind().equals("instrument")) {
            return "在系统中确认；不要以该读数作判断，改用相邻测点，并派人检查仪表与通信。";
        }
        return notice.grade() == 1 ? "立即在系统中确认；与现场核实，必要时疏散并启动应急预案。" : "在系统中确认；与现场核实读数并查找原因。";
    }

    private static String firstActionEn(Notice notice) {
        if (notice.withdrawn() != null) {
            return "none: readings that came late show that it never was.";
        }
        if (notice.kind().equals("incident") && notice.firstStep() != null) {
            return line(notice.firstStep().en());
        }
        if (notice.kind().equals("instrument")) {
            return "acknowledge it; do not decide by this reading, use a neighbouring one, and have instrument and link"
                    + " checked.";
        }
        return notice.grade() == 1
                ? "acknowledge it at once; verify with the site, evacuate and start the emergency plan if needed."
                : "acknowledge it; verify the reading with the site and look for the cause.";
    }

    private static String whatZh(Notice notice) {
        return join(line(notice.title().zh()), sideZh(notice));
    }

    private static String whatEn(Notice notice) {
        return join(line(notice.title().en()), sideEn(notice));
    }

    private static String join(String title, String side) {
        return side.isEmpty() ? title : title + " " + side;
    }

    private static String sideZh(Notice notice) {
        return switch (notice.side()) {
            case "ll" -> "过低";
            case "l" -> "偏低";
            case "h" -> "偏高";
            case "hh", "hhh" -> "过高";
            case "x" -> "极高";
            case "state" -> "状态异常";
            case "range" -> "超量程";
            case "silent" -> "无上报";
            case "stuck" -> "示值不变";
            case "rate" -> "变化过快";
            case "noise" -> "波动异常";
            case "clock" -> "时钟偏差";
            case "repeats" -> "反复重发";
            case "baseline" -> "偏离常态" + (shapeZh(notice).isEmpty() ? "" : "（" + shapeZh(notice) + "）");
            case "joint" -> "各测点关系失常";
            case "pattern" -> "";
            default -> "异常";
        };
    }

    private static String sideEn(Notice notice) {
        return switch (notice.side()) {
            case "ll" -> "very low";
            case "l" -> "low";
            case "h" -> "high";
            case "hh", "hhh" -> "very high";
            case "x" -> "extremely high";
            case "state" -> "in a bad state";
            case "range" -> "out of range";
            case "silent" -> "not reporting";
            case "stuck" -> "stuck";
            case "rate" -> "changing too fast";
            case "noise" -> "with unusual noise";
            case "clock" -> "clock is off";
            case "repeats" -> "sends again and again";
            case "baseline" ->
                "unlike its usual course" + (shapeEn(notice).isEmpty() ? "" : " (" + shapeEn(notice) + ")");
            case "joint" -> "points no longer fit together";
            case "pattern" -> "";
            default -> "abnormal";
        };
    }

    private static String shapeZh(Notice notice) {
        return switch (notice.learned() == null ? "" : notice.learned().shape()) {
            case "spike" -> "突变";
            case "shift" -> "整体偏移";
            case "drift" -> "缓慢漂移";
            case "variance" -> "波动改变";
            case "season" -> "规律改变";
            case "stuck" -> "示值不变";
            default -> "";
        };
    }

    private static String shapeEn(Notice notice) {
        return switch (notice.learned() == null ? "" : notice.learned().shape()) {
            case "spike" -> "spike";
            case "shift" -> "level shift";
            case "drift" -> "drift";
            case "variance" -> "change of variation";
            case "season" -> "broken daily course";
            case "stuck" -> "stuck";
            default -> "";
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
