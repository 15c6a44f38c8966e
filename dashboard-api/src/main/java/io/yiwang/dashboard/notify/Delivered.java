package io.yiwang.dashboard.notify;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of one attempt to deliver. {@code detail} is for people and holds no secret. */
sealed interface Delivered {
    <T> T fold(Function<Sent, T> onSent, Function<Later, T> onLater, Function<Refused, T> onRefused);

    /** The channel took it. */
    record Sent(String detail) implements Delivered {
        @Override
        public <T> T fold(Function<Sent, T> onSent, Function<Later, T> onLater, Function<Refused, T> onRefused) {
            return onSent.apply(this);
        }
    }

    /** It may work later. */
    record Later(String detail, @Nullable Duration asked) implements Delivered {
        @Override
        public <T> T fold(Function<Sent, T> onSent, Function<Later, T> onLater, Function<Refused, T> onRefused) {
            return onLater.apply(this);
        }
    }

    /** It will never work as it is. */
    record Refused(String detail) implements Delivered {
        @Override
        public <T> T fold(Function<Sent, T> onSent, Function<Later, T> onLater, Function<Refused, T> onRefused) {
            return onRefused.apply(this);
        }
    }
}
