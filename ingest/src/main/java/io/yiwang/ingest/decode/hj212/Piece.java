package io.yiwang.ingest.decode.hj212;

import io.yiwang.model.RejectReason;
import java.util.function.Function;

/** What a stream of bytes turned out to hold. */
public sealed interface Piece {
    <T> T fold(Function<Frame, T> onFrame, Function<Broken, T> onBroken);

    /**
     * A frame whose length and checksum agree.
     *
     * @param bytes from {@code ##} to the checksum, without the line end
     * @param segment between length and checksum
     * @param countsCharacters its length counts characters, not bytes
     */
    record Frame(byte[] bytes, String segment, Checksum checksum, boolean countsCharacters) implements Piece {
        @Override
        public <T> T fold(Function<Frame, T> onFrame, Function<Broken, T> onBroken) {
            return onFrame.apply(this);
        }
    }

    /**
     * Bytes that are no frame.
     *
     * @param bytes the beginning of them, at most {@value FrameSplitter#KEPT_OF_BROKEN}
     * @param length how many there were
     */
    record Broken(RejectReason reason, String detail, byte[] bytes, int length) implements Piece {
        @Override
        public <T> T fold(Function<Frame, T> onFrame, Function<Broken, T> onBroken) {
            return onBroken.apply(this);
        }
    }
}
