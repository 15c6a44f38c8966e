package io.yiwang.model.unit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fhir.ucum.Decimal;
import org.fhir.ucum.DefinedUnit;
import org.fhir.ucum.ExpressionParser;
import org.fhir.ucum.Pair;
import org.fhir.ucum.Symbol;
import org.fhir.ucum.Term;
import org.fhir.ucum.UcumEssenceService;
import org.fhir.ucum.UcumException;

/**
 * What a unit measures: a value {@code x} in it is {@code factor · x + offset} in the base units of its kind.
 *
 * @param kind units of one kind convert into each other: base units and annotations, or the unit itself when it stands alone
 */
record Measure(String kind, BigDecimal factor, BigDecimal offset) {
    /** Where UCUM's own table and its reader live. Loaded when a unit is first looked at, which takes a tenth of a second. */
    private static final class Table {
        static final UcumEssenceService UCUM = load();

        private static UcumEssenceService load() {
            try (var table = UcumEssenceService.class.getResourceAsStream("/ucum-essence.xml")) {
                return new UcumEssenceService(
                        Objects.requireNonNull(table, "ucum-essence.xml is not in the class path"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (UcumException e) {
                throw new IllegalStateException("UCUM's table cannot be read", e);
            }
        }
    }

    private static final Pattern ANNOTATION = Pattern.compile("\\{[^{}]*}");
    /** What the reader takes without a word; of exponents like 999999999 it would also take its time. */
    private static final Pattern NONSENSE = Pattern.compile("//|[A-Za-z\\]*^][+-]?\\d{3,}");

    private static final String NUMBER = "";
    /** Temperature scales whose zero is not that of K. */
    private static final Map<String, Measure> TEMPERATURES = Map.of(
            "Cel", new Measure("K", BigDecimal.ONE, new BigDecimal("273.15")),
            // 5/9 has no end; a double has seventeen digits of it.
            "[degF]", new Measure("K", fraction(5, 9), fraction(5 * 45_967L, 900)),
            "[degRe]", new Measure("K", new BigDecimal("1.25"), new BigDecimal("273.15")));

    private static BigDecimal fraction(long numerator, long denominator) {
        return BigDecimal.valueOf(numerator).divide(BigDecimal.valueOf(denominator), MathContext.DECIMAL128);
    }

    /** Empty when it is not UCUM. Takes some microseconds. */
    static Optional<Measure> of(String unit) {
        if (unit.isBlank()
                || unit.length() > Units.LONGEST
                || NONSENSE.matcher(unit).find()
                || !isClosed(unit)) {
            return Optional.empty();
        }
        var annotations = ANNOTATION
                .matcher(unit)
                .results()
                .map(found -> found.group())
                .sorted()
                .collect(Collectors.joining());
        var temperature = TEMPERATURES.get(ANNOTATION.matcher(unit).replaceAll(""));
        if (temperature != null) {
            return Optional.of(new Measure(temperature.kind + annotations, temperature.factor, temperature.offset));
        }
        try {
            if (standsAlone(new ExpressionParser(Table.UCUM.getModel()).parse(unit))) {
                return Optional.of(new Measure("=" + unit, BigDecimal.ONE, BigDecimal.ZERO));
            }
            var canonical = Table.UCUM.getCanonicalForm(new Pair(new Decimal(1), unit));
            var factor = new BigDecimal(canonical.getValue().asDecimal());
            return factor.signum() > 0
                    ? Optional.of(new Measure(canonical.getCode() + annotations, factor, BigDecimal.ZERO))
                    : Optional.empty();
        } catch (UcumException | RuntimeException e) {
            // The reader is made for units that people chose, and also answers some nonsense by a fault of its own.
            return Optional.empty();
        }
    }

    /** A number of whatever. */
    boolean isNumber() {
        return kind.equals(NUMBER) && factor.compareTo(BigDecimal.ONE) == 0;
    }

    /** A number of what the annotation says. */
    boolean isAnnotation() {
        return kind.startsWith("{") && factor.compareTo(BigDecimal.ONE) == 0;
    }

    /** Whether each bracket that closes was opened; the other way round the reader notices. */
    private static boolean isClosed(String unit) {
        int open = 0;
        for (int i = 0; i < unit.length() && open >= 0; i++) {
            open += unit.charAt(i) == '(' ? 1 : unit.charAt(i) == ')' ? -1 : 0;
        }
        return open == 0;
    }

    /** Whether a factor cannot say what the unit is: a logarithm, or a procedure's own unit. */
    private static boolean standsAlone(Term term) {
        for (var rest = term; rest != null; rest = rest.getTerm()) {
            if (rest.getComp() instanceof Term inner && standsAlone(inner)) {
                return true;
            }
            if (rest.getComp() instanceof Symbol symbol
                    && symbol.getUnit() instanceof DefinedUnit defined
                    && (defined.isSpecial() || isArbitrary(defined))) {
                return true;
            }
        }
        return false;
    }

    /** The reader drops that mark of UCUM's table. What carries it are laboratory units without a definition. */
    private static boolean isArbitrary(DefinedUnit unit) {
        return (unit.getClass_().equals("chemical") || unit.getClass_().equals("clinical"))
                && "1".equals(unit.getValue().getUnit());
    }
}
