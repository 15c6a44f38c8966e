package io.yiwang.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RejectReasonTest {
    @ParameterizedTest
    @EnumSource
    void everyReasonSaysWhatIsWrongAndWhatToDoInBothLanguages(RejectReason reason) {
        assertThat(reason.sentence().zh()).containsPattern("\\p{IsHan}");
        assertThat(reason.remedy().zh()).containsPattern("\\p{IsHan}");
        assertThat(reason.sentence().en()).containsPattern("[a-z]{3}").doesNotContainPattern("\\p{IsHan}");
        assertThat(reason.remedy().en()).containsPattern("[a-z]{3}").doesNotContainPattern("\\p{IsHan}");
    }

    @Test
    void theManualListsExactlyTheReasons() throws IOException {
        var rows = Files.readAllLines(Path.of("..", "docs", "rejections.md")).stream()
                .filter(line -> line.startsWith("| `"));
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(RejectReason.values())
                        .map(reason ->
                                "| `" + reason + "` | " + reason.sentence().zh() + " | "
                                        + reason.sentence().en() + " | "
                                        + reason.remedy().zh() + " | "
                                        + reason.remedy().en() + " |")
                        .toList());
    }
}
