package io.yiwang.sim.load;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.ledger.Ledger;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Plays many devices over MQTT 5, QoS 1, one connection each, on one event loop. Messages leave when they are due, whatever
 * the broker does: late answers never slow the sending down, and every latency counts from the due time, so a stalled system
 * cannot hide its stall. After a broken connection everything unconfirmed is sent again before anything new.
 *
 * <p>Order of calls: {@link #connect}, {@link #start}, {@link #finish}, {@link #close}.
 */
public final class LoadGenerator implements AutoCloseable {
    /** Sends are gathered for this long: fewer wake-ups for less than a third of a millisecond. */
    private static final long TICK_NANOS = 300_000;

    /** After so many sends the answers that have come are read: a generator that is late must not stop listening. */
    private static final int SENDS_AT_ONCE = 500;

    private static final int CONNECTS_AT_ONCE = 64;
    /** Libraries, the ledger and sockets that are just closing. */
    private static final int OTHER_DESCRIPTORS = 300;

    private static final int MAX_WAITING = 2_000_000;
    private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final BrokerAddress broker;
    private final @Nullable SslContext tls;
    private final List<DeviceConnection> connections = new ArrayList<>();
    private final Schedule schedule;
    private final AlarmFlips flips;
    private final Disturbances disturbances;
    private final LoadListener listener;
    private final Meter meter;

    private final ArrayDeque<DeviceConnection> toConnect = new ArrayDeque<>();
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> allOffered = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int unconnected;
    private long next;
    private long startNanos;
    private long startMillis;
    private boolean closing;

    /** Counts and times, written by the event loop, read by anyone. */
    static final class Meter {
        final Recorder ackMicros = recorder();
        final Recorder ackFromSendMicros = recorder();
        final Recorder lateMicros = recorder();
        volatile long offered;
        volatile long sent;
        volatile long acked;
        volatile long refused;
        volatile long resent;
        volatile long unsent;
        volatile long reconnects;

        private static Recorder recorder() {
            return new Recorder(HIGHEST_MICROS, 3);
        }

        /** Into a histogram that ends at its highest value. */
        static void record(Recorder recorder, long nanos) {
            recorder.recordValue(Math.min(HIGHEST_MICROS, Math.max(0, nanos / 1000)));
        }
    }

    /** Without TLS. */
    public LoadGenerator(
            InetSocketAddress broker,
            List<LoadDevice> devices,
            int perFacility,
            LoadShape shape,
            Schedule schedule,
            double alarmsPerSecond,
            Disturbances disturbances,
            String boot,
            Ledger ledger,
            LoadListener listener) {
        this(
                new BrokerAddress(broker.getHostString(), broker.getPort(), false, null),
                devices,
                perFacility,
                shape,
                schedule,
                alarmsPerSecond,
                disturbances,
                boot,
                ledger,
                listener);
    }

    /**
     * @param boot names this start of every device
     * @param perFacility devices of one facility, which stand next to each other in {@code devices}
     */
    public LoadGenerator(
            BrokerAddress broker,
            List<LoadDevice> devices,
            int perFacility,
            LoadShape shape,
            Schedule schedule,
            double alarmsPerSecond,
            Disturbances disturbances,
            String boot,
            Ledger ledger,
            LoadListener listener) {
        if (alarmsPerSecond > 0 && !schedule.isSteady()) {
            throw new IllegalArgumentException("alarms are raised at a steady rate of messages only");
        }
        requireFileDescriptors(devices.size());
        this.broker = broker;
        this.tls = broker.tls() ? tls(broker) : null;
        this.schedule = schedule;
        this.disturbances = disturbances;
        this.listener = listener;
        this.meter = new Meter();
        int facilities = (devices.size() + perFacility - 1) / perFacility;
        this.flips = new AlarmFlips(
                alarmsPerSecond, facilities, perFacility, schedule.devicePeriodNanos(), schedule.lengthNanos());
        boolean epoll = Epoll.isAvailable();
        group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("load", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        loop = group.next();
        bootstrap = new Bootstrap()
                .group(group)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .remoteAddress(broker.socket());
        var tails = shape.tails();
        var bootText = boot.getBytes(StandardCharsets.US_ASCII);
        for (var device : devices) {
            connections.add(new DeviceConnection(device, boot, bootText, shape.metricCodes(), tails, ledger, this));
        }
    }

    private static SslContext tls(BrokerAddress broker) {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(broker.trust())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
        } catch (SSLException e) {
            throw new LoadFailure("TLS to " + broker + ": " + e.getMessage(), e);
        }
    }

    private static void requireFileDescriptors(int devices) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < devices + OTHER_DESCRIPTORS) {
            throw new LoadFailure(devices + " connections need as many file descriptors, and this process may open "
                    + system.getMaxFileDescriptorCount() + "; raise the limit (ulimit -n "
                    + (devices + OTHER_DESCRIPTORS)
                    + ", as an administrator) or use fewer --devices");
        }
    }

    /**
     * Connects every device, retrying those that the broker does not know yet.
     *
     * @return completes when all are connected, exceptionally with a sentence when the patience is over
     */
    public CompletableFuture<Void> connect(Duration patience) {
        loop.execute(() -> {
            unconnected = connections.size();
            toConnect.addAll(connections);
            for (int i = 0; i < CONNECTS_AT_ONCE; i++) {
                connectNext();
            }
            loop.schedule(
                    () -> connected.completeExceptionally(new LoadFailure(unconnected + " of " + connections.size()
                            + " devices could not connect within " + patience.toSeconds() + " s; the last answer: "
                            + lastRefusal)),
                    patience.toMillis(),
                    TimeUnit.MILLISECONDS);
        });
        return connected;
    }

    private String lastRefusal = "none";

    /** Starts sending. The first message is due now. */
    public void start() {
        loop.execute(() -> {
            startMillis = System.currentTimeMillis();
            startNanos = System.nanoTime();
            disturb();
            tick();
        });
    }

    private void disturb() {
        var storm = disturbances.storm();
        if (storm != null) {
            var every = storm.every().toNanos();
            loop.scheduleAtFixedRate(
                    () -> affected(storm.share()).forEach(DeviceConnection::breakOff),
                    every,
                    every,
                    TimeUnit.NANOSECONDS);
        }
        var flood = disturbances.flood();
        if (flood != null) {
            loop.schedule(
                    () -> affected(flood.share()).forEach(connection -> connection.goAway(flood.away())),
                    flood.after().toNanos(),
                    TimeUnit.NANOSECONDS);
        }
    }

    /** Evenly over all devices. Nobody is disturbed any more once everything was offered. */
    private List<DeviceConnection> affected(double share) {
        var affected = new ArrayList<DeviceConnection>();
        if (!closing && !allOffered.isDone()) {
            var sum = 0.0;
            for (var connection : connections) {
                sum += share;
                if (sum >= 1 - 1e-9) {
                    sum -= 1;
                    affected.add(connection);
                }
            }
        }
        return affected;
    }

    /** Completes when the last message was due. */
    public CompletableFuture<Void> allOffered() {
        return allOffered;
    }

    /** Stops sending what is not due yet, and waits for confirmations. What is still unconfirmed then counts with its age. */
    public LoadCounts finish(Duration patience) {
        loop.execute(() -> {
            next = Math.max(next, schedule.messages());
            allOffered.complete(null);
            checkDrained();
            loop.schedule(() -> drained.complete(null), patience.toMillis(), TimeUnit.MILLISECONDS);
        });
        drained.join();
        var counts = new CompletableFuture<LoadCounts>();
        loop.execute(() -> {
            closing = true;
            long now = System.nanoTime();
            connections.forEach(connection -> connection.recordAges(now));
            counts.complete(counts());
        });
        return counts.join();
    }

    public LoadCounts counts() {
        return new LoadCounts(
                meter.offered,
                meter.sent,
                meter.acked,
                meter.refused,
                meter.resent,
                meter.unsent,
                meter.offered - meter.acked - meter.refused - meter.unsent,
                meter.reconnects);
    }

    /** Due → confirmed since the last call, µs. */
    public Histogram ackMicros() {
        return meter.ackMicros.getIntervalHistogram();
    }

    /** Really sent → confirmed since the last call, µs: what a generator that waits would have measured. */
    public Histogram ackFromSendMicros() {
        return meter.ackFromSendMicros.getIntervalHistogram();
    }

    /** Due → really sent (or queued for a lost connection) since the last call, µs: how late the generator itself was. */
    public Histogram lateMicros() {
        return meter.lateMicros.getIntervalHistogram();
    }

    /** Alarms per second that the number of facilities allows of those asked for. */
    public double alarmsPerSecond() {
        return flips.perSecond();
    }

    @Override
    public void close() {
        loop.execute(() -> {
            closing = true;
            connections.forEach(DeviceConnection::disconnect);
        });
        group.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private void tick() {
        if (closing) {
            return;
        }
        try {
            offerDue();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void offerDue() {
        long messages = schedule.messages();
        long now = System.nanoTime() - startNanos;
        long pause = Math.min(messages, next + SENDS_AT_ONCE);
        while (next < pause) {
            long due = schedule.dueNanos(next);
            if (due > now) {
                now = System.nanoTime() - startNanos;
                if (due > now) {
                    break;
                }
            }
            offer(next++, due);
        }
        if (next == pause && next < messages) {
            loop.execute(this::tick);
        } else if (next < messages) {
            long wait = Math.max(TICK_NANOS, schedule.dueNanos(next) - now);
            loop.schedule(this::tick, wait, TimeUnit.NANOSECONDS);
        } else {
            allOffered.complete(null);
            checkDrained();
        }
    }

    private void offer(long message, long due) {
        int device = schedule.device(message);
        var connection = connections.get(device);
        meter.offered++;
        if (meter.offered - meter.acked - meter.refused - meter.unsent > MAX_WAITING) {
            meter.unsent++;
            return;
        }
        long ts = startMillis + due / 1_000_000;
        boolean bad = flips.isBad(device, due);
        if (bad && !flips.isBad(device, due - schedule.devicePeriodNanos())) {
            listener.raising(connection.device(), ts);
        }
        connection.offer(schedule.seq(message), ts, startNanos + due, bad);
        Meter.record(meter.lateMicros, System.nanoTime() - startNanos - due);
    }

    private void connectNext() {
        var connection = toConnect.poll();
        if (connection != null) {
            open(connection);
        }
    }

    void open(DeviceConnection connection) {
        if (closing) {
            return;
        }
        bootstrap
                .clone()
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), broker.host(), broker.port()));
                        }
                        connection.install(channel.pipeline());
                    }
                })
                .connect()
                .addListener(opened -> {
                    if (!opened.isSuccess()) {
                        connection.failed(String.valueOf(opened.cause().getMessage()));
                    }
                });
    }

    void firstConnected() {
        unconnected--;
        connectNext();
        if (unconnected == 0) {
            connected.complete(null);
        }
    }

    void notConnected(String why) {
        lastRefusal = why;
    }

    /** Called after every confirmation; cheap until everything was offered. */
    void checkDrained() {
        if (allOffered.isDone() && meter.offered == meter.acked + meter.refused + meter.unsent) {
            drained.complete(null);
        }
    }

    /** Ends the run: nothing further is sent. */
    void fail(Throwable cause) {
        closing = true;
        var failure = new LoadFailure("the load run broke off: " + cause.getMessage(), cause);
        connected.completeExceptionally(failure);
        allOffered.completeExceptionally(failure);
        drained.completeExceptionally(failure);
    }

    Meter meter() {
        return meter;
    }

    boolean isClosing() {
        return closing;
    }

    /** @return the loop on which everything of this generator runs */
    EventLoop loop() {
        return loop;
    }
}
