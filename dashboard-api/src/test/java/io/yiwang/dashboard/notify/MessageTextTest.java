package io.yiwang.dashboard.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTextTest {
    private final MessageText text = new MessageText(ZoneId.of("Asia/Shanghai"), "https://city.example");

    @Test
    void saysInBothLanguagesWhatWhereHowMuchSinceWhenWhyAndWhatToDo() {
        var notice = TestingNotices.notice("a1", 1);
        assertThat(text.subject(notice)).isEqualTo("[G1] 城东门站 可燃气体浓度 过高 | East gate station Combustible gas very high");
        assertThat(text.body(notice))
                .contains("对象：城东门站（f1，d1）")
                .contains("当前值：52.5 %，限值：40 %")
                .contains("开始：2026-03-02 08:00:00 (Asia/Shanghai)")
                .contains("依据：GB 50494")
                .contains("首要处置：立即在系统中确认")
                .contains("Where: East gate station (f1, d1)")
                .contains("Value: 52.5 %, limit: 40 %")
                .contains("Since: 2026-03-02 08:00:00 (Asia/Shanghai)")
                .contains("Source: GB 50494")
                .contains("First action: acknowledge it at once")
                .contains("https://city.example/alarms/a1");
    }

    @Test
    void whatWasLearnedIsToldByWhatWasExpected() {
        var notice = changed("process", "baseline", new Notice.Expected(40.0, 45.5, "shift"), 3, null, List.of(), null);
        assertThat(text.subject(notice))
                .isEqualTo("[G1] 城东门站 可燃气体浓度 偏离常态（整体偏移） ×3 | East gate station Combustible gas unlike its"
                        + " usual course (level shift) ×3");
        assertThat(text.body(notice))
                .contains("工艺告警，1 级，第 3 次发生")
                .contains("当前值：52.5 %，预期：40 – 45.5 %")
                .contains("依据：由本测点历史学习得出")
                .contains("Process alarm, grade 1, raised 3 times")
                .contains("Value: 52.5 %, expected: 40 – 45.5 %");
    }

    @Test
    void anIncidentIsToldByWhatItIsMadeOf() {
        var notice = changed(
                "incident",
                "pattern",
                null,
                1,
                null,
                List.of(new Name("压力：\n突降", "pressure: falls"), new Name("流量：突升", "flow: jumps")),
                new Name("关闭上游阀门", "Close the valve upstream"));
        assertThat(text.subject(notice)).isEqualTo("[G1] 城东门站 可燃气体浓度 | East gate station Combustible gas");
        assertThat(text.body(notice))
                .contains("综合事件，1 级\n", "· 压力： 突降\n· 流量：突升\n", "首要处置：关闭上游阀门")
                .contains("Incident, grade 1\n", "- pressure: falls\n- flow: jumps\n", "First action: Close the valve")
                .doesNotContain("限值");
    }

    @Test
    void whatNeverWasNeedsNobody() {
        var notice = changed("process", "hh", null, 1, "late_reading", List.of(), null);
        assertThat(text.subject(notice)).startsWith("[已撤销 withdrawn] [G1] ");
        assertThat(text.body(notice)).contains("已撤销：工艺告警").contains("无需处置").contains("Withdrawn: Process alarm");
    }

    private static Notice changed(
            String kind,
            String side,
            Notice.Expected learned,
            int raisedCount,
            String withdrawn,
            List<Name> members,
            Name firstStep) {
        var usual = TestingNotices.notice("a1", 1);
        return new Notice(
                "a1",
                1,
                kind,
                usual.facility(),
                usual.facilityName(),
                usual.district(),
                usual.domain(),
                usual.metricName(),
                usual.unit(),
                side,
                usual.limit(),
                usual.value(),
                usual.since(),
                "",
                null,
                learned,
                raisedCount,
                withdrawn,
                members,
                firstStep);
    }

    @Test
    void aNameCannotAddLinesOrHeaders() {
        var notice = new Notice(
                "a1",
                2,
                "process",
                "f1",
                new Name("站\r\nBcc: x@example.com", "S\nX: y"),
                "d1",
                "gas",
                new Name("压力", "Pressure"),
                "kPa",
                "l",
                null,
                null,
                Instant.EPOCH,
                "",
                null,
                null,
                null,
                null,
                null,
                null);
        assertThat(text.subject(notice)).doesNotContain("\n", "\r");
        assertThat(text.body(notice)).contains("对象：站 Bcc: x@example.com（").contains("当前值：— kPa，限值：— kPa");
    }

    @Test
    void aLongSubjectIsCutBetweenCharacters() {
        var long1 = "𠀀".repeat(200);
        var notice = TestingNotices.notice("a1", 1);
        var subject = text.subject(new Notice(
                "a1",
                1,
                notice.kind(),
                "f1",
                new Name(long1, long1),
                "d1",
                "gas",
                notice.metricName(),
                "%",
                "hh",
                1.0,
                1.0,
                Instant.EPOCH,
                "",
                null,
                null,
                null,
                null,
                null,
                null));
        assertThat(subject.codePointCount(0, subject.length())).isEqualTo(150);
        assertThat(subject).endsWith("𠀀…");
    }
}
