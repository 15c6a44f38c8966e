package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.streams.TestingPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleChangesTest {
    @TempDir
    Path dir;

    @Test
    void aChangeIsTheNewestWordFromTheBeginning() throws Exception {
        var held = RuleRecord.newBuilder()
                .setId("test_level.hh")
                .setVersion(3)
                .setValidFromMillis(TestingTelemetry.START)
                .setChangedBy("x")
                .setScope(Scopes.domain("testing"))
                .setLimit(LimitChange.newBuilder()
                        .setMetric("test_level")
                        .setSide("hh")
                        .setValue("85")
                        .setGrade(1))
                .build();
        var tried = tried(RuleBook.EMPTY.with(held), """
                - {id: test_level.hh, scope: {domain: testing}, limit: {value: "95", grade: 2}}
                - {id: test_level.h, scope: {domain: testing, facility: T1}, limit: {value: "50", grade: 3, disabled: true}}
                """);

        assertThat(limits(tried, 1)).contains("test_level.hh 95.0 G2").doesNotContain("test_level.h 50.0 G3");
        assertThat(limits(tried, TestingTelemetry.START + 1)).contains("test_level.hh 95.0 G2");
    }

    @Test
    void whatCannotHoldIsRefusedWithItsPlace() throws Exception {
        assertThatThrownBy(() -> tried(RuleBook.EMPTY, """
                - {id: test_level.hh, scope: {domain: testing}, limit: {value: "top +", grade: 2}}
                - {id: test_level.hh, scope: {domain: nowhere}, limit: {value: "1", grade: 2}}
                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 1 column 3")
                .hasMessageContaining("line 2 column 3")
                .hasMessageContaining("there is no domain 'nowhere'");
        assertThatThrownBy(() -> tried(RuleBook.EMPTY, "- {id: test_level.hh, limits: 5}\n"))
                .hasMessageContaining("line 1 column 23")
                .hasMessageContaining("limits");
        assertThatThrownBy(() -> tried(RuleBook.EMPTY, "id: test_level.hh\n"))
                .hasMessageContaining("write a list of changes");
    }

    private RuleBook tried(RuleBook book, String text) throws IOException {
        var file = Files.writeString(dir.resolve("changes.yaml"), text);
        return RuleChanges.tried(book, file, TestingPacks.PACKS);
    }

    private static java.util.List<String> limits(RuleBook book, long logMillis) {
        return book.rulesOf(TestingPacks.PACKS, TestingTelemetry.tank("T1"), logMillis).limits().stream()
                .map(placed -> placed.rule().id() + " " + placed.rule().limit() + " G"
                        + placed.rule().grade())
                .toList();
    }
}
