package io.yiwang.ingest.loss;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain TCP balancer, and a slow line: knows nothing of what it carries. */
final class TcpProxy implements AutoCloseable {
    private static final int SLICE_BYTES = 8 << 10;

    private final ServerSocket server;
    private final int[] backends;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Duration delay = Duration.ZERO;
    private volatile int bytesPerSecond = Integer.MAX_VALUE;

    /** @param backends ports on this machine, taken in turn; one that does not answer is passed over */
    TcpProxy(int... backends) throws IOException {
        this.backends = backends.clone();
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon("proxy-accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Every piece waits so long, and so much passes in a second on each connection and way. */
    void slow(Duration delay, int bytesPerSecond) {
        this.delay = delay;
        this.bytesPerSecond = bytesPerSecond;
    }

    private static void daemon(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                daemon("proxy-connect", () -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        for (int attempt = 0; attempt < backends.length; attempt++) {
            var backend = new Socket();
            try {
                int port = backends[Math.floorMod(turn.getAndIncrement(), backends.length)];
                backend.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                open.add(backend);
                daemon("proxy-up", () -> carry(client, backend));
                daemon("proxy-down", () -> carry(backend, client));
                return;
            } catch (IOException e) {
                close(backend);
            }
        }
        close(client);
    }

    private void carry(Socket from, Socket to) {
        var slice = new byte[SLICE_BYTES];
        try {
            var in = from.getInputStream();
            var out = to.getOutputStream();
            for (int length = in.read(slice); length >= 0; length = in.read(slice)) {
                long millis = delay.toMillis() + length * 1000L / bytesPerSecond;
                if (millis > 0) {
                    TimeUnit.MILLISECONDS.sleep(millis);
                }
                out.write(slice, 0, length);
            }
        } catch (IOException e) {
            // One side is gone: so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(from);
        close(to);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is over either way.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(this::close);
    }
}
