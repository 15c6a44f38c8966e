package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
    private final Numbers numbers = new Numbers(false);

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "-", "--", "NA", "n/a", "#N/A", "NaN", "null", "None", "\\N"})
    void whatSaysThatNothingWasMeasuredIsAGap(String cell) {
        assertThat(numbers.read(cell)).isEqualTo(Numbers.Kind.GAP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "1.2.3", "1,5", "Infinity", "-inf", "1e999", "1..", "+", ".", "-.", "12 34", "0x"})
    void whatIsNoNumberIsSomethingElse(String cell) {
        assertThat(numbers.read(cell)).isEqualTo(Numbers.Kind.OTHER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "5",
                "-5.25",
                "+3",
                ".5",
                "5.",
                " 7 ",
                "1e-3",
                "-1.5E+10",
                "123456789012345678901234567890",
                "0.1",
                "9007199254740993",
                "0.000000000000000000000001",
                "99999999999999.99",
                "4.9e-324"
            })
    void numbersAreTheOnesThatThePlatformReads(String cell) {
        assertThat(numbers.read(cell)).isEqualTo(Numbers.Kind.NUMBER);
        assertThat(numbers.number()).isEqualTo(Double.parseDouble(cell));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyDecimalIsReadToTheLastBit(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            double number = random.nextGaussian() * Math.pow(10, random.nextInt(24) - 8);
            var cell = random.nextBoolean()
                    ? Double.toString(number)
                    : String.format(Locale.ROOT, "%." + random.nextInt(9) + "f", number);
            assertThat(numbers.read(cell)).isEqualTo(Numbers.Kind.NUMBER);
            assertThat(numbers.number()).as(cell).isEqualTo(Double.parseDouble(cell));
        }
    }

    @Test
    void trueAndFalseAreNumbers() {
        numbers.read("True");
        assertThat(numbers.number()).isEqualTo(1);
        numbers.read("FALSE");
        assertThat(numbers.number()).isZero();
    }

    @Test
    void aCommaIsAPointWhereTheFileSaysSo() {
        var comma = new Numbers(true);
        assertThat(comma.read("-1,25")).isEqualTo(Numbers.Kind.NUMBER);
        assertThat(comma.number()).isEqualTo(-1.25);
        assertThat(comma.read("1,25e2")).isEqualTo(Numbers.Kind.NUMBER);
        assertThat(comma.number()).isEqualTo(125);
    }
}
