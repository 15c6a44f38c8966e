package io.yiwang.ingest.mqtt;

import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.client.parameter.TlsInformation;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.publish.PublishService;
import io.netty.channel.SingleThreadEventLoop;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.RecurringEvent;
import io.yiwang.ingest.TelemetryLog;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.ingest.onboard.Knock;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of a door share. Thread-safe. */
final class Hall {
    private static final Logger LOG = LoggerFactory.getLogger(Hall.class);

    private final Forwarder forwarder;
    private final TelemetryLog log;
    private final IngestMeter meter;
    private final InstantSource clock;
    private final ClientRate rate;
    private final BrokerInternals broker;
    private final PublishService publisher;
    private final Map<Executor, Answers> answers = new ConcurrentHashMap<>();
    private final Map<SingleThreadEventLoop, Lull> lulls = new ConcurrentHashMap<>();
    private final LongAdder unanswered = new LongAdder();
    private final LongAdder paused = new LongAdder();
    private final RecurringEvent throttles = new RecurringEvent(Duration.ofSeconds(10));
    private volatile boolean shut;

    Hall(
            Forwarder forwarder,
            TelemetryLog log,
            IngestMeter meter,
            InstantSource clock,
            ClientRate rate,
            BrokerInternals broker,
            PublishService publisher) {
        this.forwarder = forwarder;
        this.log = log;
        this.meter = meter;
        this.clock = clock;
        this.rate = rate;
        this.broker = broker;
        this.publisher = publisher;
    }

    IngestMeter meter() {
        return meter;
    }

    InstantSource clock() {
        return clock;
    }

    ClientRate rate() {
        return rate;
    }

    BrokerInternals broker() {
        return broker;
    }

    Answers answersOf(Executor eventLoop) {
        return answers.computeIfAbsent(eventLoop, Answers::new);
    }

    Lull lullOf(SingleThreadEventLoop eventLoop) {
        return lulls.computeIfAbsent(eventLoop, loop -> new Lull(loop::executeAfterEventLoopIteration));
    }

    void forward(Inbound inbound) {
        try {
            forwarder.fromDevice(inbound);
        } catch (RuntimeException e) {
            LOG.error(
                    "A message of {} met a fault and is not acknowledged",
                    inbound.arrival().client(),
                    e);
            inbound.fail(e);
        }
    }

    /** Tells of a client that may not connect, with what it showed. */
    void turnedAway(SimpleAuthInput input) {
        var connect = input.getConnectPacket();
        var connection = input.getConnectionInformation();
        forwarder.turnedAway(Knock.atTheDoor(
                connect.getClientId(),
                connect.getUserName().orElse(null),
                connect.getPassword().map(Hall::bytes).orElse(null),
                connection
                        .getTlsInformation()
                        .map(TlsInformation::getCertificate)
                        .map(certificate ->
                                certificate.getSubjectX500Principal().getName())
                        .orElse(""),
                connection.getInetAddress().map(InetAddress::getHostAddress).orElse(""),
                clock.millis()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Sends to a client what it has subscribed to; without that it is dropped. */
    void reply(String client, Reply reply) {
        publisher.publishToClient(
                Builders.publish()
                        .topic(reply.topic())
                        .payload(ByteBuffer.wrap(reply.payload()))
                        .qos(Qos.AT_MOST_ONCE)
                        .build(),
                client);
    }

    /** Whether something more may wait for Kafka. */
    boolean hasRoom() {
        return log.hasRoom();
    }

    void whenRoom(Runnable goOn) {
        log.whenRoom(goOn);
    }

    /** A client is faster than its rate and is not read for a while. */
    void throttled(String client) {
        meter.throttled();
        throttles.happened(count -> LOG.warn(
                "Clients were faster than {} messages or {} bytes a second and had to wait, {} times; the last was {}",
                rate.messagesPerSecond(),
                rate.bytesPerSecond(),
                count,
                client));
    }

    void handedOn() {
        unanswered.increment();
    }

    void answered(int count) {
        unanswered.add(-count);
    }

    void paused() {
        paused.increment();
    }

    void goesOn() {
        paused.decrement();
    }

    /** Publishes with QoS 1 that were handed on and are not answered. */
    long unanswered() {
        return unanswered.sum();
    }

    /** Connections that are not read at the moment. */
    long pausedConnections() {
        return paused.sum();
    }

    /** From now on nothing is taken; what is on its way is still answered. */
    void shut() {
        shut = true;
    }

    boolean isShut() {
        return shut;
    }
}
