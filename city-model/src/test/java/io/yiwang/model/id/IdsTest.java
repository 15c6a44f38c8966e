package io.yiwang.model.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void anIdIsValidExactlyWhenThePatternSaysSo() {
        var random = new Random(11);
        var alphabet = "azAZ09-_./ +#é\u0660\u200b";
        int valid = 0;
        for (int i = 0; i < 20_000; i++) {
            var id = new StringBuilder();
            for (int length = random.nextInt(5); length > 0; length--) {
                id.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(Ids.isValid(id.toString()))
                    .as(id.toString())
                    .isEqualTo(Ids.ID.matcher(id).matches());
            valid += Ids.isValid(id.toString()) ? 1 : 0;
        }
        assertThat(valid).isPositive();
        assertThat(Ids.isValid("x".repeat(64))).isTrue();
        assertThat(Ids.isValid("x".repeat(65))).isFalse();
        assertThat(Ids.isValid("")).isFalse();
    }
}
