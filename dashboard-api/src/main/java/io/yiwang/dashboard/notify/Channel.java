package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.duty.Person;
import java.util.Optional;

/** A way to reach a person. Implementations bound their own time and never throw for a failed delivery. */
interface Channel {
    /** {@code mail}, {@code webhook}. */
    String name();

    /** False: nothing can be sent until it is configured. */
    boolean configured();

    /** Where the person is reached by this channel; empty when not. */
    Optional<String> target(Person person);

    /** Sends one message; the same key is the same message. */
    Delivered deliver(Message message);

    /** @param key the same for each attempt at the same message */
    record Message(String key, String target, String person, String personName, String step, Notice notice) {}
}
