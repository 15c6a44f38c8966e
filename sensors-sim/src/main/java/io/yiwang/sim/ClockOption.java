package io.yiwang.sim;

import io.yiwang.model.clock.CityClock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command line option that says which time it is in the city. */
public final class ClockOption {
    @Option(
            names = "--clock",
            paramLabel = "FROM,SPEED,ANCHOR",
            converter = Converter.class,
            description = "the city's clock when it is not the wall clock, as 'up --clock' starts it")
    private @Nullable CityClock clock;

    public CityClock clock() {
        return clock == null ? CityClock.wallClock() : clock;
    }

    private static final class Converter implements ITypeConverter<CityClock> {
        @Override
        public CityClock convert(String text) {
            try {
                return CityClock.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
