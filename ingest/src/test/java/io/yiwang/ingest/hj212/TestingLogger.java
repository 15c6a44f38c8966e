package io.yiwang.ingest.hj212;

import io.yiwang.ingest.decode.hj212.FrameSplitter;
import io.yiwang.ingest.decode.hj212.Piece;
import io.yiwang.ingest.decode.hj212.Piece.Frame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** A data logger: sends frames and reads answers. */
public final class TestingLogger implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final FrameSplitter splitter = new FrameSplitter(FrameSplitter.LONGEST_SEGMENT);
    private final Deque<Frame> read = new ArrayDeque<>();

    public TestingLogger(int port) throws IOException {
        socket.setSendBufferSize(8192);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    public TestingLogger send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public TestingLogger send(String frame) throws IOException {
        return send((frame + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Sends nothing more. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The next answer. */
    public Frame answer() throws IOException {
        while (read.isEmpty()) {
            var bytes = new byte[4096];
            int count = socket.getInputStream().read(bytes);
            if (count < 0) {
                throw new IOException("the connection was closed");
            }
            for (Piece piece : splitter.feed(Arrays.copyOf(bytes, count))) {
                read.add(piece.fold(frame -> frame, broken -> {
                    throw new AssertionError("an answer that is no frame: " + broken);
                }));
            }
        }
        return read.remove();
    }

    public String answerText() throws IOException {
        return answer().segment();
    }

    /** Waits for the other side to close, and says whether that was without a further answer. */
    public boolean isClosedWithoutAnswer() throws IOException {
        if (!read.isEmpty()) {
            return false;
        }
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            // What we had sent was not read any more.
            return true;
        }
    }

    /** Whether nothing has come yet. */
    public boolean hasNoAnswer() throws IOException {
        return read.isEmpty() && socket.getInputStream().available() == 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
