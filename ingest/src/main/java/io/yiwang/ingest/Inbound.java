package io.yiwang.ingest;

import io.yiwang.ingest.decode.Reply;
import io.yiwang.model.RejectReason;

/**
 * A message at a door, waiting for its answer: exactly one of {@link #acknowledge}, {@link #refuse} and {@link #fail} is called, once,
 * from any thread.
 */
public interface Inbound {
    /** Only while the message is handed on; a door may let go of it while it waits for its answer. */
    Arrival arrival();

    /** Everything that the message led to is stored. */
    void acknowledge();

    /** The message was none of the sender's business; that is stored, and the sender may be told. */
    void refuse(RejectReason reason);

    /** Sends something back to the sender, at once and without waiting for the answer above; lost when the sender is gone. */
    void reply(Reply reply);

    /** Nothing is promised: the sender must not get an acknowledgement and has to send again. */
    void fail(Throwable cause);
}
