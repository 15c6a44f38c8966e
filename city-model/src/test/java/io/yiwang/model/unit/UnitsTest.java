package io.yiwang.model.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    private static double converted(double value, String from, String to) {
        return Units.conversion(from, to).orElseThrow().convert(value);
    }

    @ParameterizedTest(name = "{0} {1} = {2} {3}")
    @CsvSource({
        "0.342, MPa, 342, kPa",
        "2.5, bar, 250, kPa",
        "101325, Pa, 1.01325, bar",
        "14.7, [psi], 101.3529279, kPa",
        "760, mm[Hg], 101.32472, kPa",
        "0.0301, kPa, 30.1, Pa",
        "1, L/s, 3.6, m3/h",
        "7.2, m3/h, 2, L/s",
        "1, m3/h, 0.2777777777778, L/s",
        "90, km/h, 25, m/s",
        "0.342, mg/L, 342, ug/L",
        "34.1, mg/L, 0.0341, kg/m3",
        "29, mg/l, 29, mg/L",
        "0.7, g/m3, 0.7, mg/L",
        "35, ug/m3, 0.035, mg/m3",
        "21.5, Cel, 294.65, K",
        "294.65, K, 21.5, Cel",
        "273.15, K, 0, Cel",
        "32, [degF], 0, Cel",
        "98.6, [degF], 37, Cel",
        "-40, Cel, -40, [degF]",
        "8, [degRe], 10, Cel",
        "12.5, %, 0.125, 1",
        "400, [ppm], 0.04, %",
        "3, %{vol}, 30000, [ppm]{vol}",
        "1, kW.h, 0.0036, GJ",
        "1, uS/cm, 0.0001, S/m",
        "180, deg, 3.14159265359, rad",
        "2, h, 7200, s",
        "5, t/d, 208.3333333333, kg/h",
        "17, 1, 17, {NTU}",
        "17, {count}, 17, 1",
        "7.01, [pH], 7.01, [pH]",
        "55, dB, 55, dB"
    })
    void valuesBecomeWhatPeopleWouldWrite(double value, String from, double expected, String to) {
        // Equal to the last bit: 341.99999999999994 on a screen would be a defect.
        assertThat(converted(value, from, to)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} is not {1}")
    @CsvSource({
        // Five percent by volume of methane are a hundred percent of its lower explosive limit.
        "%{vol}, %{LEL}",
        "%, %{LEL}",
        "{NTU}, {FNU}",
        "kPa{gauge}, kPa",
        "mg/L, mg/m2",
        "m3/h, m3",
        "kPa, kg",
        // Logarithms and procedures are not multiples of each other.
        "[pH], 1",
        "[pH], mol/L",
        "dB, 1",
        "dB, B",
        "[iU]/mL, 1/mL",
        "[CFU]/L, /L",
        "Cel, 1",
        "kPa, furlong",
        "'', kPa",
        "kPa, 千帕",
    })
    void whatDoesNotMeasureTheSameIsNotConverted(String from, String to) {
        assertThat(Units.conversion(from, to)).isEmpty();
        assertThat(Units.conversion(to, from)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "degC",
                "dBm",
                "mmHg",
                "m^3",
                "kpa",
                "",
                " ",
                "(",
                "{",
                "m{",
                "1e400",
                "/",
                ".",
                "[",
                "m3//h",
                "m3/h)",
                "km999999999",
                "℃",
                "K K"
            })
    void whatIsNotUcumIsNotValidAndThrowsNothing(String unit) {
        assertThat(Units.isValid(unit)).isFalse();
        assertThat(Units.conversion(unit, "kPa")).isEmpty();
    }

    @Test
    void anEndlessUnitIsNotRead() {
        assertThat(Units.isValid("m.".repeat(Units.LONGEST) + "m")).isFalse();
    }

    static Stream<Domain> packs() {
        return DomainPacks.bundled().all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packs")
    void everyUnitOfEveryPackIsUcum(Domain domain) {
        assertThat(domain.metricsByCode().values())
                .allSatisfy(metric -> assertThat(Units.isValid(metric.unit()))
                        .as(metric.unit())
                        .isTrue());
    }

    @Test
    void aUnitThatNeedsNoConversionCostsNone() {
        assertThat(Units.conversion("kPa", "kPa")).containsSame(Conversion.NONE);
        assertThat(Units.conversion("mg/l", "mg/L")).containsSame(Conversion.NONE);
        assertThat(Conversion.NONE.convert(0.1 + 0.2)).isEqualTo(0.1 + 0.2);
    }

    @Test
    void aConversionIsFoundOnce() {
        assertThat(Units.conversion("MPa", "hPa")).isSameAs(Units.conversion("MPa", "hPa"));
    }

    /** However many units payloads name, what is remembered of them is bounded, and they are all judged alike. */
    @Test
    void unitsFromPayloadsDoNotFillTheMemory() {
        for (int i = 0; i < 2 * Units.REMEMBERED; i++) {
            assertThat(Units.conversion("Pa{" + i + "}", "Pa")).isEmpty();
        }
        assertThat(converted(1, "daPa", "Pa")).isEqualTo(10);
    }

    /** The naive model: exact decimals, then as many digits as promised. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void randomValuesConvertAsOnPaper(long seed) {
        var random = new Random(seed);
        String[][] powers = {
            {"MPa", "kPa", "3"},
            {"kPa", "MPa", "-3"},
            {"mg/L", "ug/L", "3"},
            {"mL", "m3", "-6"},
            {"km", "mm", "6"},
            {"W", "GW", "-9"}
        };
        for (int i = 0; i < 20_000; i++) {
            var pair = powers[random.nextInt(powers.length)];
            var value = BigDecimal.valueOf(random.nextLong(1, 10_000_000), random.nextInt(7));
            if (random.nextBoolean()) {
                value = value.negate();
            }
            var expected = value.scaleByPowerOfTen(Integer.parseInt(pair[2]));
            assertThat(converted(value.doubleValue(), pair[0], pair[1]))
                    .as("%s %s in %s", value, pair[0], pair[1])
                    .isEqualTo(expected.doubleValue());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void thereAndBackIsTheSame(long seed) {
        var random = new Random(seed);
        String[][] pairs = {
            {"[degF]", "Cel"}, {"Cel", "K"}, {"L/s", "m3/h"}, {"kW.h", "GJ"}, {"[psi]", "kPa"}, {"deg", "rad"}
        };
        for (int i = 0; i < 5_000; i++) {
            var pair = pairs[random.nextInt(pairs.length)];
            var value = BigDecimal.valueOf(random.nextInt(1_000_000), 3).doubleValue();
            var back = converted(converted(value, pair[0], pair[1]), pair[1], pair[0]);
            assertThat(new BigDecimal(back).round(new MathContext(9, RoundingMode.HALF_EVEN)))
                    .isEqualByComparingTo(new BigDecimal(value).round(new MathContext(9, RoundingMode.HALF_EVEN)));
        }
    }

    @Test
    void whatIsNoNumberStaysSo() {
        var conversion = Units.conversion("MPa", "kPa").orElseThrow();
        assertThat(conversion.convert(Double.NaN)).isNaN();
        assertThat(conversion.convert(Double.POSITIVE_INFINITY)).isInfinite();
        assertThat(conversion.convert(1e306)).isInfinite();
        assertThat(conversion.convert(0)).isEqualTo(0.0);
        assertThat(1 / conversion.convert(-0.0)).as("no negative zero").isPositive();
    }
}
