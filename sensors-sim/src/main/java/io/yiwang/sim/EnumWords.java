package io.yiwang.sim;

import io.yiwang.sim.city.CityFile;
import io.yiwang.sim.city.ReportingPace;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options whose value is one of some words, in small letters. */
abstract class EnumWords<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> words;

    private EnumWords(Class<E> words) {
        this.words = words;
    }

    @Override
    public E convert(String value) {
        return Arrays.stream(words.getEnumConstants())
                .filter(e -> word(e).equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of "
                        + Arrays.stream(words.getEnumConstants())
                                .map(EnumWords::word)
                                .collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static final class OfPace extends EnumWords<ReportingPace> {
        OfPace() {
            super(ReportingPace.class);
        }
    }

    static final class OfFormat extends EnumWords<CityFile.Format> {
        OfFormat() {
            super(CityFile.Format.class);
        }
    }
}
