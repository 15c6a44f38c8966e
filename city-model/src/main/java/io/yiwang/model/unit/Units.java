package io.yiwang.model.unit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Conversions between UCUM units. Thread-safe; a conversion asked for before is answered without allocation, and what is remembered is
 * bounded, because units also come from payloads.
 *
 * <p>Stricter than UCUM where a city would be misled:
 *
 * <ul>
 *   <li>Annotations count. UCUM gives them no meaning and would turn 5 {@code %{vol}} of methane into 5 {@code %{LEL}}, where it is 100. Here
 *       two units convert only with the same annotations; a plain number ({@code 1}) is also taken for any unit that is an annotation
 *       alone, such as {@code {NTU}}.
 *   <li>Logarithmic units ({@code [pH]}, {@code dB}) and arbitrary ones ({@code [iU]}) convert to themselves only.
 *   <li>Temperatures convert with their offset ({@code Cel}, {@code [degF]}, {@code [degRe]}, {@code K}), so a difference must be in {@code K}
 *       on both sides.
 * </ul>
 */
public final class Units {
    /** No unit worth parsing is longer. */
    static final int LONGEST = 64;
    /** Conversions remembered for one target unit. */
    static final int REMEMBERED = 256;

    private static final Map<String, Map<String, Optional<Conversion>>> BY_TARGET = new ConcurrentHashMap<>();

    private Units() {}

    /** Whether {@code unit} is one of UCUM that this class can convert to itself. */
    public static boolean isValid(String unit) {
        return Measure.of(unit).isPresent();
    }

    /** How a value in {@code from} becomes one in {@code to}; empty when the two do not measure the same or one is not UCUM. */
    public static Optional<Conversion> conversion(String from, String to) {
        if (from.equals(to)) {
            return Optional.of(Conversion.NONE);
        }
        var known = BY_TARGET.get(to);
        var conversion = known == null ? null : known.get(from);
        return conversion == null ? remembered(from, to) : conversion;
    }

    private static Optional<Conversion> remembered(String from, String to) {
        var source = Measure.of(from);
        var target = source.isEmpty() ? source : Measure.of(to);
        var conversion = target.isEmpty() ? Optional.<Conversion>empty() : conversion(source.get(), target.get());
        var known = BY_TARGET.get(to);
        if (known == null && BY_TARGET.size() < REMEMBERED) {
            known = BY_TARGET.computeIfAbsent(to, unit -> new ConcurrentHashMap<>());
        }
        if (known != null && known.size() < REMEMBERED) {
            known.put(from, conversion);
        }
        return conversion;
    }

    private static Optional<Conversion> conversion(Measure from, Measure to) {
        boolean counts = from.isNumber() && to.isAnnotation() || from.isAnnotation() && to.isNumber();
        if (!counts && !from.kind().equals(to.kind())) {
            return Optional.empty();
        }
        var factor = from.factor().divide(to.factor(), MathContext.DECIMAL128);
        var offset = from.offset().subtract(to.offset()).divide(to.factor(), MathContext.DECIMAL128);
        boolean same = factor.compareTo(BigDecimal.ONE) == 0 && offset.signum() == 0;
        return Optional.of(same ? Conversion.NONE : new Conversion(factor.doubleValue(), offset.doubleValue()));
    }
}
