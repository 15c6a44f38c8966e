package io.yiwang.dashboard.live;

import io.yiwang.dashboard.live.Channel.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one browser has seen and what it gets next. At most one frame is on its way; when it has gone out, the next is the
 * difference to what the browser then has. So a slow browser gets fewer and larger steps, costs no memory, and always ends at
 * the present.
 *
 * <p>For one thread.
 */
final class ClientView {
    private static final long NOTHING_SEEN = -1;
    private static final int MOST_WAITING = 64;

    private final Deque<String> control = new ArrayDeque<>();
    /** Channel to position, in turn: who was served goes to the end. */
    private final Map<String, Long> positions = new LinkedHashMap<>();

    private boolean inFlight;
    private long inFlightSinceMillis;

    /** @param position what the browser has, null = nothing */
    void subscribe(String channel, @Nullable Long position) {
        positions.put(channel, position == null ? NOTHING_SEEN : position);
    }

    /** @return whether it was subscribed */
    boolean unsubscribe(String channel) {
        return positions.remove(channel) != null;
    }

    Set<String> channels() {
        return positions.keySet();
    }

    /** Queues a message that is no data; when a browser takes none for long, older ones fall out. */
    void say(String message) {
        if (control.size() == MOST_WAITING) {
            control.pollFirst();
        }
        control.addLast(message);
    }

    /**
     * The text to send now, null when one is on its way or there is nothing new. It then counts as on its way until
     * {@link #sent()}.
     *
     * @param channels from name to channel; null when there is none such any more
     */
    @Nullable
    String next(Function<String, @Nullable Channel> channels, long nowMillis) {
        if (inFlight) {
            return null;
        }
        var text = control.pollFirst();
        if (text == null) {
            text = nextData(channels, nowMillis);
        }
        if (text != null) {
            inFlight = true;
            inFlightSinceMillis = nowMillis;
        }
        return text;
    }

    private @Nullable String nextData(Function<String, @Nullable Channel> channels, long nowMillis) {
        for (var name : inTurn()) {
            var channel = channels.apply(name);
            var position = positions.get(name);
            if (channel != null && position != channel.head()) {
                Frame frame = channel.frameFrom(position, nowMillis);
                positions.remove(name);
                positions.put(name, frame.to());
                return frame.text();
            }
        }
        return null;
    }

    private List<String> inTurn() {
        var names = new ArrayList<>(positions.keySet());
        if (names.remove(LiveChannels.ALARMS)) {
            names.add(0, LiveChannels.ALARMS);
        }
        return names;
    }

    /** The frame has gone out. */
    void sent() {
        inFlight = false;
    }

    /** How long the present frame has been on its way, ms; 0 when none is. */
    long blockedMillis(long nowMillis) {
        return inFlight ? Math.max(0, nowMillis - inFlightSinceMillis) : 0;
    }
}
