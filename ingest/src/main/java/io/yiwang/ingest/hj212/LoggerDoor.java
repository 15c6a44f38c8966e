package io.yiwang.ingest.hj212;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.RecurringEvent;
import io.yiwang.ingest.TelemetryLog;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.onboard.Knock;
import io.yiwang.ingest.onboard.Newcomers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in for data loggers that speak HJ 212 over TCP. A frame is answered with 9014 only after Kafka has it; while Kafka is away
 * nothing is answered and connections stay.
 */
public final class LoggerDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoggerDoor.class);
    private static final int LONGEST_NAME = 64;
    /** Frames of unknown loggers that are kept, a second. */
    private static final int STRANGERS_PER_SECOND = 20;

    /** Small, so that not much more than the window of a connection is read at once. */
    private static final int READ_BYTES = 4096;

    private final LoggerDoorSettings settings;
    private final Catalogue catalogue;
    private final LoggerAccess access;
    private final Forwarder forwarder;
    private final TelemetryLog log;
    private final Newcomers newcomers;
    private final LoggerMeter meter;
    private final IngestMeter ingestMeter;
    private final InstantSource clock;
    private final RecurringEvent strangers = new RecurringEvent(Duration.ofSeconds(10));
    private final Set<LoggerConnection> connections = ConcurrentHashMap.newKeySet();
    /** The connections on which a device has spoken. */
    private final Map<String, Set<LoggerConnection>> speakers = new ConcurrentHashMap<>();

    private final BarredAddresses barred = new BarredAddresses();
    private final AtomicLong unanswered = new AtomicLong();
    private final AtomicLong strangersSecond = new AtomicLong();
    private final AtomicLong strangersKept = new AtomicLong();
    private final EventLoopGroup loops;
    private final Channel server;
    private volatile boolean closing;

    private LoggerDoor(
            LoggerDoorSettings settings,
            Catalogue catalogue,
            Forwarder forwarder,
            TelemetryLog log,
            Newcomers newcomers,
            IngestMeter ingestMeter,
            MeterRegistry registry,
            InstantSource clock) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.access = new LoggerAccess(catalogue);
        this.forwarder = forwarder;
        this.log = log;
        this.newcomers = newcomers;
        this.meter = new LoggerMeter(registry);
        this.ingestMeter = ingestMeter;
        this.clock = clock;
        loops = new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("hj212", true), NioIoHandler.newFactory());
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                // Who has said all that he had to say may still wait for the answer.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new LoggerConnection(LoggerDoor.this, channel));
                    }
                })
                .bind(new InetSocketAddress(settings.bind(), settings.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new UncheckedIOException(
                    "HJ 212 port " + settings.port() + " at " + settings.bind() + " cannot be used: "
                            + bound.cause().getMessage(),
                    new IOException(bound.cause()));
        }
        server = bound.channel();
        ingestMeter.gauge("hj212.connections", connections::size);
        ingestMeter.gauge("hj212.unanswered", unanswered::get);
        catalogue.onAccessChanged(id -> speakers.getOrDefault(id, Set.of()).forEach(LoggerConnection::accessChanged));
        LOG.info("The door for data loggers is open: HJ 212 at {}:{}", settings.bind(), port());
    }

    /** Opens the door; returns when loggers can connect. */
    public static LoggerDoor open(
            LoggerDoorSettings settings,
            Catalogue catalogue,
            Forwarder forwarder,
            TelemetryLog log,
            Newcomers newcomers,
            IngestMeter meter,
            MeterRegistry registry,
            InstantSource clock) {
        return new LoggerDoor(settings, catalogue, forwarder, log, newcomers, meter, registry, clock);
    }

    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    public int connections() {
        return connections.size();
    }

    /** Frames that are on their way to Kafka. */
    public long unanswered() {
        return unanswered.get();
    }

    public boolean isOpen() {
        return !closing && server.isActive();
    }

    LoggerDoorSettings settings() {
        return settings;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    LoggerAccess access() {
        return access;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    TelemetryLog log() {
        return log;
    }

    LoggerMeter meter() {
        return meter;
    }

    InstantSource clock() {
        return clock;
    }

    void unanswered(int more) {
        unanswered.addAndGet(more);
    }

    /** Whether connections from there are not taken for now, and those on which nobody is known yet end. */
    boolean isBarred(String address) {
        return barred.isBarred(address, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    void wrongPassword(String address) {
        meter.wrongPassword();
        barred.wrong(address, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    boolean admits(LoggerConnection connection) {
        if (closing || connections.size() >= settings.maxConnections()) {
            return false;
        }
        connections.add(connection);
        return true;
    }

    void speaks(LoggerConnection connection, String device) {
        speakers.compute(device, (id, of) -> {
            Set<LoggerConnection> all = of == null ? ConcurrentHashMap.newKeySet() : of;
            all.add(connection);
            return all;
        });
    }

    void gone(LoggerConnection connection) {
        connections.remove(connection);
        for (var device : speakers.keySet()) {
            speakers.computeIfPresent(device, (id, of) -> {
                of.remove(connection);
                return of.isEmpty() ? null : of;
            });
        }
    }

    void knocked(String name, String address, String password, byte[] frame) {
        ingestMeter.refused(IngestMeter.Refusal.CREDENTIAL);
        strangers.happened(count -> LOG.warn(
                "Refused {} HJ 212 frames of unknown loggers or with a wrong password; the last was MN '{}' from {}",
                count,
                name,
                address));
        if (!name.isEmpty()) {
            newcomers.knocked(new Knock(
                    name,
                    Knock.HJ212,
                    address,
                    password.getBytes(StandardCharsets.UTF_8),
                    "",
                    "",
                    frame,
                    clock.millis()));
        }
    }

    /** Whether another frame of an unknown logger may be kept in this second. */
    boolean keepsStrangers() {
        long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (strangersSecond.getAndSet(second) != second) {
            strangersKept.set(0);
        }
        return strangersKept.incrementAndGet() <= STRANGERS_PER_SECOND;
    }

    /** What an unknown logger calls itself, fit for logs and keys. */
    static String printable(String name) {
        var kept = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        return kept.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** Takes no further connection, and waits at most {@code patience} for what is on its way. */
    public void shut(Duration patience) {
        closing = true;
        server.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        long until = System.nanoTime() + patience.toNanos();
        try {
            while (unanswered.get() > 0 && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes every connection; what is not answered comes again. */
    @Override
    public void close() {
        shut(Duration.ZERO);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
