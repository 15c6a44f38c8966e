package io.yiwang.ingest.hj212;

import io.yiwang.ingest.decode.hj212.Piece.Frame;
import io.yiwang.ingest.decode.hj212.Segment;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps packets of a split message together whose end is not certain: they are forwarded, and answered, with the one that follows.
 *
 * <p>One message at a time, because a logger sends its packets one after another; anything else lets go of what is held.
 */
final class PacketHold {
    private static final int MOST_BYTES = 32 << 10;

    /** A frame and what stands in it. */
    record Received(Frame frame, Segment segment) {}

    /** Frames that are forwarded together. */
    record Bundle(List<Received> frames) {
        Bundle {
            frames = List.copyOf(frames);
        }

        Received first() {
            return frames.get(0);
        }

        byte[] bytes() {
            if (frames.size() == 1) {
                return first().frame().bytes();
            }
            var bytes = new ByteArrayOutputStream();
            frames.forEach(received -> bytes.writeBytes(received.frame().bytes()));
            return bytes.toByteArray();
        }
    }

    private final List<Received> held = new ArrayList<>();
    private int bytes;

    /** Takes a frame and returns what is to be forwarded now, in order. */
    List<Bundle> on(Received received) {
        var ready = new ArrayList<Bundle>(1);
        var segment = received.segment();
        if (!held.isEmpty()) {
            var last = held.get(held.size() - 1).segment();
            if (isOfSameMessage(last, segment) && segment.packet() <= last.packet()) {
                // Sent again, because it is not answered yet; it will be with the others.
                return ready;
            }
            if (!isOfSameMessage(last, segment) || segment.packet() != last.packet() + 1) {
                ready.addAll(letGo());
            }
        }
        held.add(received);
        bytes += received.frame().bytes().length;
        if (!segment.isSplit()
                || segment.packet() >= segment.packets()
                || segment.endsWithItem()
                || bytes > MOST_BYTES) {
            ready.addAll(letGo());
        }
        return ready;
    }

    private static boolean isOfSameMessage(Segment one, Segment other) {
        return other.isSplit()
                && one.number().equals(other.number())
                && one.command().equals(other.command())
                && one.device().equals(other.device());
    }

    /** What is held, as it is; nothing more is waited for. */
    List<Bundle> letGo() {
        if (held.isEmpty()) {
            return List.of();
        }
        var bundle = new Bundle(held);
        held.clear();
        bytes = 0;
        return List.of(bundle);
    }

    int held() {
        return held.size();
    }
}
