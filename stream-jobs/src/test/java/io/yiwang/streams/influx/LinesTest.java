package io.yiwang.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
    @Test
    void aLineIsMeasurementTagsFieldsTime() {
        var lines = new Lines();
        lines.begin("gas")
                .tag("device", "d1")
                .tag("facility", "f1")
                .field("p", 0.25)
                .field("p", "_mean", -3)
                .integer("p", "_q", 2)
                .end(1_700_000_000_000_000_001L);
        assertThat(lines.text()).isEqualTo("gas,device=d1,facility=f1 p=0.25,p_mean=-3,p_q=2i 1700000000000000001\n");
        assertThat(lines.count()).isEqualTo(1);
    }

    @Test
    void aLineWithoutFieldsLeavesNoTrace() {
        var lines = new Lines();
        lines.begin("gas").tag("device", "d1").field("p", 1).end(7);
        lines.begin("gas")
                .tag("device", "d1")
                .field("p", Double.NaN)
                .field("q", Double.NEGATIVE_INFINITY)
                .end(8);
        assertThat(lines.text()).isEqualTo("gas,device=d1 p=1 7\n");
        assertThat(lines.count()).isEqualTo(1);
    }

    @Test
    void whatHasMeaningInTheProtocolIsEscaped() {
        var lines = new Lines();
        lines.begin("a b,c")
                .tag("k=1", "x y,z=\\")
                .tag("empty", "")
                .field("f\ng", 1)
                .end(1);
        assertThat(lines.text()).isEqualTo("a\\ b\\,c,k\\=1=x\\ y\\,z\\=_ f_g=1 1\n");
    }

    @Test
    void aClearedBatchIsEmpty() {
        var lines = new Lines();
        lines.begin("m").field("f", 1).end(1);
        lines.clear();
        assertThat(lines.text()).isEmpty();
        assertThat(lines.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "-1, -1",
        "0.1, 0.1",
        "-0.05, -0.05",
        "12.345678, 12.345678",
        "100.5, 100.5",
        "3.07, 3.07",
        "1e15, 1000000000000000",
        "1e300, 1.0E300",
        "1.0E-9, 1.0E-9"
    })
    void numbersAreWrittenShort(double value, String written) {
        assertThat(write(value)).isEqualTo(written);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyFiniteNumberReadsBackAsItself(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            double value = switch (i % 4) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> Math.round(random.nextGaussian() * 1e6) / Math.pow(10, random.nextInt(9));
                case 2 -> random.nextLong() >> random.nextInt(64);
                default -> random.nextDouble() * Math.pow(10, random.nextInt(20) - 6);
            };
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(write(value)) == value)
                        .as("%s", value)
                        .isTrue();
            }
        }
    }

    private static String write(double value) {
        var lines = new Lines();
        lines.begin("m").field("f", value).end(1);
        var text = lines.text();
        return text.substring("m f=".length(), text.length() - " 1\n".length());
    }
}
