package io.yiwang.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.yiwang.sim.ledger.Ledger;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One device's connection: MQTT 5, QoS 1, a session that outlives the connection. Confined to the generator's event loop.
 *
 * <p>PUBLISH packets are written byte by byte (fixed header, topic, packet id, no properties, payload): most of a general
 * client's cost per message is what this leaves out.
 */
final class DeviceConnection {
    private static final int KEEP_ALIVE_SECONDS = 120;
    private static final long SESSION_EXPIRY_SECONDS = 3600;
    private static final long FIRST_BACK_OFF_MILLIS = 200;
    private static final long LONGEST_BACK_OFF_MILLIS = 5_000;
    private static final int FIRST_ERROR = 0x80;
    private static final byte[] TS = "{\"ts\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BOOT = ",\"boot\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEQ = "\",\"seq\":".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_PACKET_ID = 65_535;

    private final LoadDevice device;
    private final String boot;
    private final byte[] bootText;
    private final List<String> metrics;
    private final byte[][] tails;
    private final byte[] topic;
    private final Ledger ledger;
    private final LoadGenerator generator;
    private final LoadGenerator.Meter meter;

    private final ArrayDeque<Message> queued = new ArrayDeque<>(2);
    private final Map<Integer, Message> inFlight = new LinkedHashMap<>();
    private int receiveMaximum = MAX_PACKET_ID;
    private int lastPacketId;
    private long backOffMillis = FIRST_BACK_OFF_MILLIS;
    private boolean wasConnected;
    private boolean away;
    private boolean inArrays;
    private @Nullable ChannelHandlerContext session;

    /**
     * A reading until it is confirmed. {@code sentNanos} = when it last left; {@code next} = the one after it in the same packet, an
     * array then.
     */
    private static final class Message {
        private @Nullable Message next;
        private final long seq;
        private final long tsMillis;
        private final long dueNanos;
        private final boolean bad;
        private long sentNanos;

        Message(long seq, long tsMillis, long dueNanos, boolean bad) {
            this.seq = seq;
            this.tsMillis = tsMillis;
            this.dueNanos = dueNanos;
            this.bad = bad;
        }
    }

    DeviceConnection(
            LoadDevice device,
            String boot,
            byte[] bootText,
            List<String> metrics,
            byte[][] tails,
            Ledger ledger,
            LoadGenerator generator) {
        this.device = device;
        this.boot = boot;
        this.bootText = bootText;
        this.metrics = metrics;
        this.tails = tails;
        this.topic = device.topic().getBytes(StandardCharsets.US_ASCII);
        this.ledger = ledger;
        this.generator = generator;
        this.meter = generator.meter();
    }

    LoadDevice device() {
        return device;
    }

    void install(ChannelPipeline pipeline) {
        pipeline.addLast(MqttEncoder.INSTANCE, new MqttDecoder(64 << 10), new Handler());
    }

    /** A message is due; it leaves at once unless the connection is down or the broker's receive maximum is reached. */
    void offer(long seq, long tsMillis, long dueNanos, boolean bad) {
        var message = new Message(seq, tsMillis, dueNanos, bad);
        var open = session;
        if (open != null && queued.isEmpty() && inFlight.size() < receiveMaximum) {
            send(open, message);
            open.flush();
        } else {
            queued.add(message);
        }
    }

    /** The connection is gone without a good-bye; the device connects again at once. */
    void breakOff() {
        var open = session;
        if (open != null) {
            backOffMillis = 0;
            open.close();
        }
    }

    /** The device loses its connection and finds the network again only after {@code time}; it goes on measuring. */
    void goAway(Duration time) {
        away = true;
        inArrays = true;
        breakOff();
        generator
                .loop()
                .schedule(
                        () -> {
                            away = false;
                            if (session == null) {
                                generator.open(this);
                            }
                        },
                        time.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    void recordAges(long nowNanos) {
        for (var first : inFlight.values()) {
            for (var message = first; message != null; message = message.next) {
                LoadGenerator.Meter.record(meter.ackMicros, nowNanos - message.dueNanos);
            }
        }
        queued.forEach(message -> LoadGenerator.Meter.record(meter.ackMicros, nowNanos - message.dueNanos));
    }

    void disconnect() {
        var open = session;
        if (open != null) {
            open.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> open.close());
        }
    }

    void failed(String why) {
        generator.notConnected(why);
        if (!generator.isClosing() && !away) {
            long jitter = ThreadLocalRandom.current().nextLong(backOffMillis / 2 + 1);
            generator.loop().schedule(() -> generator.open(this), backOffMillis + jitter, TimeUnit.MILLISECONDS);
            backOffMillis = Math.max(FIRST_BACK_OFF_MILLIS, Math.min(LONGEST_BACK_OFF_MILLIS, backOffMillis * 2));
        }
    }

    /** @param first of the readings of one packet */
    private void send(ChannelHandlerContext to, Message first) {
        for (var message = first; message != null; message = message.next) {
            ledger.attempted(device.id(), boot, message.seq, message.tsMillis, metrics);
            meter.sent++;
        }
        int id = freePacketId();
        inFlight.put(id, first);
        write(to, id, first, false);
    }

    private void write(ChannelHandlerContext to, int packetId, Message first, boolean again) {
        int payload = first.next == null ? 0 : 1;
        for (var message = first; message != null; message = message.next) {
            payload += length(message) + (first.next == null ? 0 : 1);
        }
        int remaining = 2 + topic.length + 2 + 1 + payload;
        ByteBuf packet = to.alloc().directBuffer(remaining + 5);
        packet.writeByte(again ? 0x3A : 0x32);
        for (int rest = remaining; ; ) {
            int digit = rest & 0x7F;
            rest >>>= 7;
            packet.writeByte(rest > 0 ? digit | 0x80 : digit);
            if (rest == 0) {
                break;
            }
        }
        packet.writeShort(topic.length).writeBytes(topic).writeShort(packetId).writeByte(0);
        long now = System.nanoTime();
        if (first.next == null) {
            writeReading(packet, first, now);
        } else {
            for (var message = first; message != null; message = message.next) {
                packet.writeByte(message == first ? '[' : ',');
                writeReading(packet, message, now);
            }
            packet.writeByte(']');
        }
        to.write(packet, to.voidPromise());
    }

    private int length(Message message) {
        return TS.length
                + digits(message.tsMillis)
                + BOOT.length
                + bootText.length
                + SEQ.length
                + digits(message.seq)
                + LoadShape.tail(tails, message.seq, message.bad).length;
    }

    /** @param number not negative */
    private static int digits(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void writeReading(ByteBuf packet, Message message, long nowNanos) {
        message.sentNanos = nowNanos;
        packet.writeBytes(TS);
        ByteBufUtil.writeAscii(packet, Long.toString(message.tsMillis));
        packet.writeBytes(BOOT).writeBytes(bootText).writeBytes(SEQ);
        ByteBufUtil.writeAscii(packet, Long.toString(message.seq));
        packet.writeBytes(LoadShape.tail(tails, message.seq, message.bad));
    }

    private int freePacketId() {
        do {
            lastPacketId = lastPacketId == MAX_PACKET_ID ? 1 : lastPacketId + 1;
        } while (inFlight.containsKey(lastPacketId));
        return lastPacketId;
    }

    private void acknowledged(int packetId, int reason) {
        var message = inFlight.remove(packetId);
        if (message == null) {
            return; // confirmed on an earlier connection already
        }
        long now = System.nanoTime();
        for (var each = message; each != null; each = each.next) {
            if (reason >= FIRST_ERROR) {
                meter.refused++;
            } else {
                ledger.acked(device.id(), boot, each.seq);
                meter.acked++;
                LoadGenerator.Meter.record(meter.ackMicros, now - each.dueNanos);
                LoadGenerator.Meter.record(meter.ackFromSendMicros, now - each.sentNanos);
            }
        }
        generator.checkDrained();
        sendQueued();
    }

    private void sendQueued() {
        var open = session;
        if (open == null || queued.isEmpty()) {
            return;
        }
        while (!queued.isEmpty() && inFlight.size() < receiveMaximum) {
            var first = queued.remove();
            var last = first;
            for (int readings = 1;
                    inArrays && readings < Disturbances.READINGS_PER_ARRAY && !queued.isEmpty();
                    readings++) {
                last.next = queued.remove();
                last = last.next;
            }
            send(open, first);
        }
        inArrays &= !queued.isEmpty();
        open.flush();
    }

    private void opened(ChannelHandlerContext context, MqttConnAckMessage answer) {
        var header = answer.variableHeader();
        var maximum = header.properties().getProperty(MqttProperties.RECEIVE_MAXIMUM);
        receiveMaximum = maximum == null ? MAX_PACKET_ID : (int) maximum.value();
        session = context;
        backOffMillis = FIRST_BACK_OFF_MILLIS;
        if (wasConnected) {
            meter.reconnects++;
        } else {
            wasConnected = true;
            generator.firstConnected();
        }
        // Unconfirmed ones first, oldest first. Only a session that the broker still has makes them repetitions (DUP).
        for (var entry : new ArrayList<>(inFlight.entrySet())) {
            write(context, entry.getKey(), entry.getValue(), header.isSessionPresent());
            for (var message = entry.getValue(); message != null; message = message.next) {
                meter.resent++;
            }
        }
        context.flush();
        sendQueued();
    }

    /** What the broker says. */
    private final class Handler extends SimpleChannelInboundHandler<MqttMessage> {
        private @Nullable String ending;
        private @Nullable Future<?> pings;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            var properties = new MqttProperties();
            properties.add(new MqttProperties.IntegerProperty(
                    MqttProperties.SESSION_EXPIRY_INTERVAL, (int) SESSION_EXPIRY_SECONDS));
            context.writeAndFlush(MqttMessageBuilders.connect()
                    .protocolVersion(MqttVersion.MQTT_5)
                    .clientId(device.id())
                    .username(device.id())
                    .password(device.secret().getBytes(StandardCharsets.UTF_8))
                    .cleanSession(false)
                    .keepAlive(KEEP_ALIVE_SECONDS)
                    .properties(properties)
                    .build());
            pings = context.executor()
                    .scheduleAtFixedRate(
                            () -> {
                                if (session == context) {
                                    context.writeAndFlush(MqttMessage.PINGREQ);
                                }
                            },
                            KEEP_ALIVE_SECONDS / 2,
                            KEEP_ALIVE_SECONDS / 2,
                            TimeUnit.SECONDS);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            if (message.decoderResult().isFailure()) {
                ending = "not MQTT: " + message.decoderResult().cause().getMessage();
                context.close();
                return;
            }
            switch (message.fixedHeader().messageType()) {
                case CONNACK -> {
                    var answer = (MqttConnAckMessage) message;
                    var code = answer.variableHeader().connectReturnCode();
                    if (code == MqttConnectReturnCode.CONNECTION_ACCEPTED) {
                        opened(context, answer);
                    } else {
                        ending = device.id() + ": " + code;
                        context.close();
                    }
                }
                case PUBACK ->
                    acknowledged(((MqttMessageIdVariableHeader) message.variableHeader()).messageId(), reason(message));
                case DISCONNECT -> {
                    ending = "the broker ended the connection";
                    context.close();
                }
                default -> {
                    // PINGRESP; nothing else comes to a device without subscriptions
                }
            }
        }

        private static int reason(MqttMessage message) {
            return message.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
                    ? header.reasonCode() & 0xFF
                    : 0;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            session = null;
            if (pings != null) {
                pings.cancel(false);
            }
            failed(ending == null ? device.id() + ": the connection was closed" : ending);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ending = String.valueOf(cause.getMessage());
            context.close();
            if (cause instanceof UncheckedIOException) {
                generator.fail(cause); // the ledger's disk is full: what is not in the ledger must not be sent
            }
        }
    }
}
