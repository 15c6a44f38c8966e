package io.yiwang.model.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.ezylang.evalex.Expression;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
    private static final Formula.Vocabulary<Map<String, Double>> WORDS = new Formula.Vocabulary<>() {
        @Override
        public Formula.Term<Map<String, Double>> variable(String name) {
            if (!Set.of("a", "b", "c").contains(name)) {
                throw new IllegalArgumentException("unknown word " + name);
            }
            return values -> values.get(name);
        }

        @Override
        public Set<String> functions() {
            return Set.of();
        }

        @Override
        public Formula.Term<Map<String, Double>> call(
                String function, List<Formula.Argument<Map<String, Double>>> arguments) {
            throw new IllegalArgumentException("no function " + function);
        }
    };

    private static double at(String text, double a, double b, double c) {
        return Formula.compile(text, WORDS).in(Map.of("a", a, "b", b, "c", c));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "1 + 2 * 3 ~ 7",
                "(a + b) * c ~ 20",
                "-a ^ 2 ~ 4",
                "10 - 3 - 2 ~ 5",
                "7 % 4 ~ 3",
                "IF(a < b, 10, 20) ~ 10",
                "IF(a >= b || c == 4, 1, 2) ~ 1",
                "!(a == 2) ~ 0",
                "MIN(a, b, c) + MAX(a, b, c) ~ 6",
                "CLAMP(9, 0, c) ~ 4",
                "CLAMP(-9, 0, c) ~ 0",
                "ROUND(2.345, 1) ~ 2.3",
                "SIN(90) + COS(180) ~ 0",
                "SQRT(9) + EXP(0) + LN(1) + ABS(-2) ~ 6",
                "FLOOR(-0.5) + CEILING(0.5) ~ 0",
            })
    void isComputedByHand(String text, double expected) {
        assertThat(at(text, 2, 3, 4)).isCloseTo(expected, within(1e-12));
    }

    /** Random expressions mean what EvalEx, whose grammar it is, computes with big decimals. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void meansWhatEvalExComputes(long seed) throws Exception {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var text = expression(random, 4);
            double a = random.nextInt(200) / 8.0 - 10;
            double b = random.nextInt(200) / 8.0 - 10;
            double c = random.nextInt(200) / 8.0 - 10;
            var value =
                    new Expression(text).with("a", a).with("b", b).with("c", c).evaluate();
            double expected = value.isBooleanValue()
                    ? value.getBooleanValue() ? 1 : 0
                    : value.getNumberValue().doubleValue();
            assertThat(at(text, a, b, c))
                    .as("%s at a=%s b=%s c=%s", text, a, b, c)
                    .isCloseTo(expected, within(1e-9 * Math.max(1, Math.abs(expected))));
        }
    }

    private static String expression(Random random, int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return switch (random.nextInt(4)) {
                case 0 -> "a";
                case 1 -> "b";
                case 2 -> "c";
                default -> String.valueOf(random.nextInt(40) / 4.0);
            };
        }
        var x = expression(random, depth - 1);
        var y = expression(random, depth - 1);
        return switch (random.nextInt(9)) {
            case 0 -> "(" + x + " + " + y + ")";
            case 1 -> "(" + x + " - " + y + ")";
            case 2 -> "(" + x + " * " + y + ")";
            case 3 -> "(" + x + " / (1 + ABS(" + y + ")))";
            case 4 -> "MIN(" + x + ", " + y + ")";
            case 5 -> "MAX(" + x + ", " + y + ")";
            case 6 -> "(-" + x + ")";
            case 7 -> "FLOOR(" + x + " / 4)";
            default -> "IF(" + x + " < " + y + ", " + y + ", " + expression(random, depth - 1) + ")";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 +", "a b", "d", "IF(a, b)", "MIN()", "\"text\"", "NOW()", "SQRT(\"a\")", "(a"})
    void whatItCannotReadIsRefusedWithTheText(String text) {
        assertThatThrownBy(() -> Formula.compile(text, WORDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    private record Now(Map<String, Double> values, double districtMean, double hour) implements LimitFormula.Readings {
        @Override
        public double here(String metric) {
            return values.getOrDefault(metric, Double.NaN);
        }

        @Override
        public double districtMean(String metric) {
            return districtMean;
        }
    }

    @Test
    void theAmmoniaLimitIsMilderInColdWater() {
        var limit = new LimitFormula("IF(sg_water_temp <= 12, 8, 5)", Map.of(), Set.of("sg_water_temp"));
        assertThat(limit.isConstant()).isFalse();
        assertThat(limit.metrics()).containsExactly("sg_water_temp");
        assertThat(limit.at(new Now(Map.of("sg_water_temp", 12.0), Double.NaN, 0)))
                .isEqualTo(8);
        assertThat(limit.at(new Now(Map.of("sg_water_temp", 12.1), Double.NaN, 0)))
                .isEqualTo(5);
        assertThat(limit.at(new Now(Map.of(), Double.NaN, 0))).isNaN();
    }

    @Test
    void theDustLimitFollowsTheDistrictUpToACap() {
        var limit = new LimitFormula("MIN(150, 80 + DISTRICT_MEAN(\"dust_pm10\"))", Map.of(), Set.of("dust_pm10"));
        assertThat(limit.districtMetrics()).containsExactly("dust_pm10");
        assertThat(limit.at(new Now(Map.of(), 40, 0))).isEqualTo(120);
        assertThat(limit.at(new Now(Map.of(), 100, 0))).isEqualTo(150);
        assertThat(limit.at(new Now(Map.of(), Double.NaN, 0))).isNaN();
    }

    @Test
    void aLimitOfParametersAloneIsOneNumber() {
        var limit = new LimitFormula("1.1 * q_design", Map.of("q_design", 200.0), Set.of());
        assertThat(limit.isConstant()).isTrue();
        assertThat(limit.constant()).isCloseTo(220, within(1e-9));
        assertThat(new LimitFormula("hour", Map.of(), Set.of()).at(new Now(Map.of(), 0, 6.5)))
                .isEqualTo(6.5);
    }
}
