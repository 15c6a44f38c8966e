package io.yiwang.ingest.mqtt;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets for Paho that read from the system at most every {@value #GATHER_MICROS} µs, and then all that has come.
 *
 * <p>A broker sends each message by itself. A client that waits for it is woken twice for every message, once to read it and once in another
 * thread to handle it, and that costs more than all the rest. After a time without messages the first is still read at once; only
 * what follows it within the time waits for the end of it, much shorter than Kafka's producer gathers afterwards anyway.
 */
final class GatheringSockets extends SocketFactory {
    static final long GATHER_MICROS = 2_000;

    private static final int BUFFER_BYTES = 64 << 10;

    @Override
    public Socket createSocket() throws IOException {
        var socket = new GatheringSocket();
        // Acknowledgements are small and follow each other.
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    private Socket connected(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException {
        var socket = createSocket();
        try {
            if (from != null) {
                socket.bind(from);
            }
            socket.connect(to);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static final class GatheringSocket extends Socket {
        private @Nullable InputStream in;

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            var known = in;
            if (known == null) {
                known = new BufferedInputStream(new Gathering(super.getInputStream()), BUFFER_BYTES);
                in = known;
            }
            return known;
        }
    }

    private static final class Gathering extends FilterInputStream {
        private static final long GATHER_NANOS = GATHER_MICROS * 1_000;

        private long readNanos = System.nanoTime() - GATHER_NANOS;

        Gathering(InputStream from) {
            super(from);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            long wait = GATHER_NANOS - (System.nanoTime() - readNanos);
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            int read = in.read(bytes, from, length);
            // A full buffer means that more is there already.
            readNanos = System.nanoTime() - (read == length ? GATHER_NANOS : 0);
            return read;
        }
    }
}
