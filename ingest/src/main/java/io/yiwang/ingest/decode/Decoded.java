package io.yiwang.ingest.decode;

import io.yiwang.model.RejectReason;
import java.util.List;
import java.util.function.Function;

/** What became of one payload. */
public sealed interface Decoded {
    <T> T fold(Function<Messages, T> onMessages, Function<Unreadable, T> onUnreadable);

    /**
     * The payload is well formed. None of the three means that it only said something about its sender, like a birth without values.
     *
     * @param flaws messages of it that lack what a message needs
     * @param replies what the sender is asked
     */
    record Messages(List<Message> messages, List<Flaw> flaws, List<Reply> replies) implements Decoded {
        public Messages {
            messages = List.copyOf(messages);
            flaws = List.copyOf(flaws);
            replies = List.copyOf(replies);
        }

        public Messages(List<Message> messages, List<Flaw> flaws) {
            this(messages, flaws, List.of());
        }

        @Override
        public <T> T fold(Function<Messages, T> onMessages, Function<Unreadable, T> onUnreadable) {
            return onMessages.apply(this);
        }
    }

    /** Nothing of the payload can be relied on. */
    record Unreadable(RejectReason reason, String detail) implements Decoded {
        @Override
        public <T> T fold(Function<Messages, T> onMessages, Function<Unreadable, T> onUnreadable) {
            return onUnreadable.apply(this);
        }
    }

    /**
     * A message that cannot be used as a whole.
     *
     * @param boot empty, {@code seq} and {@code eventTimeMillis} 0 where the message did not say
     * @param valueCount how many values are lost with it
     */
    record Flaw(RejectReason reason, String detail, String boot, long seq, long eventTimeMillis, int valueCount) {}
}
