package io.yiwang.dashboard.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.time.ZoneId;
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
                "");
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
                ""));
        assertThat(subject.codePointCount(0, subject.length())).isEqualTo(150);
        assertThat(subject).endsWith("𠀀…");
    }
}
