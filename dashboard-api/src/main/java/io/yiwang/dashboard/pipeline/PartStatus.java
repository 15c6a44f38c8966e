package io.yiwang.dashboard.pipeline;

import java.util.Collection;

/**
 * How a part of the system is.
 *
 * @param detail a few words for people; empty when there is nothing to say
 */
public record PartStatus(State status, String detail) {
    /** Better to worse. */
    public enum State {
        UP,
        DEGRADED,
        DOWN
    }

    static PartStatus up(String detail) {
        return new PartStatus(State.UP, detail);
    }

    static PartStatus degraded(String detail) {
        return new PartStatus(State.DEGRADED, detail);
    }

    static PartStatus down(String detail) {
        return new PartStatus(State.DOWN, detail);
    }

    /** The whole is as good as its parts, and down only when the part without which nothing works is down. */
    static State whole(PartStatus vital, Collection<PartStatus> parts) {
        if (vital.status() == State.DOWN) {
            return State.DOWN;
        }
        return parts.stream().allMatch(part -> part.status() == State.UP) ? State.UP : State.DEGRADED;
    }
}
