package io.yiwang.ingest.mqtt;

import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.connect.MqttWillPublish;
import com.hivemq.mqtt.message.disconnect.DISCONNECT;
import com.hivemq.mqtt.message.mqtt5.Mqtt5UserProperties;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.reason.Mqtt5DisconnectReasonCode;
import com.hivemq.mqtt.message.reason.Mqtt5PubAckReasonCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.model.RejectReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the publishes of one connection, in the broker's pipeline and before the broker itself sees them, and answers each in the order of
 * their coming once everything that it led to is in Kafka. Answers end with the connection.
 *
 * <p>How much may be under way is bounded in messages and in bytes. MQTT 5 clients know the first bound as receive maximum and are
 * disconnected by the broker when they break it. What a client sends beyond a bound is not read: it stays in the client's buffers. The
 * same holds for a client that is faster than its rate, and for all publishers while {@link Hall#hasRoom} says no; then a little is
 * still read, so that a client which publishes now and then gets its PINGs answered for long.
 *
 * <p>Everything but {@link Publish}'s answers happens on the connection's event loop.
 */
final class Intake extends ChannelInboundHandlerAdapter implements Answers.Answering {
    /** The receive maximum of MQTT 5. */
    static final int RECEIVE_MAXIMUM = 100;
    /** The same for clients of MQTT 3.1.1, who do not know of it. */
    static final int MOST_UNANSWERED = 200;
    /** Payloads and topics of one connection that may be unanswered. */
    static final int MOST_UNANSWERED_BYTES = 512 << 10;
    /** So much of one connection is read when Kafka is away and everything that may wait for it waits already. */
    static final int HELD_WITHOUT_ROOM_BYTES = 4 << 10;
    /** What the broker's object of a publish costs besides topic and payload. */
    private static final int PUBLISH_OVERHEAD = 128;

    private final Hall hall;
    private final String client;
    private final boolean mqtt5;
    private final Answers answers;
    private final Lull lull;
    private final TokenBucket messages;
    private final TokenBucket bytes;
    /** Handed on and not answered, in the order of their coming. */
    private final Deque<Publish> unanswered = new ArrayDeque<>();
    /** Read and not handed on. */
    private final Deque<PUBLISH> held = new ArrayDeque<>();

    private int unansweredBytes;
    private int heldBytes;
    private boolean toWrite;
    private boolean paused;
    private boolean throttled;
    private boolean waitsForRoom;
    private boolean over;
    private long keepAliveNanos;
    private @Nullable Arrival will;
    private @Nullable ChannelHandlerContext context;

    Intake(Hall hall, String client, boolean mqtt5, Answers answers, Lull lull) {
        this.hall = hall;
        this.client = client;
        this.mqtt5 = mqtt5;
        this.answers = answers;
        this.lull = lull;
        var rate = hall.rate();
        long now = System.nanoTime();
        messages =
                new TokenBucket(rate.messagesPerSecond(), (double) rate.messagesPerSecond() * rate.burstSeconds(), now);
        bytes = new TokenBucket(rate.bytesPerSecond(), (double) rate.bytesPerSecond() * rate.burstSeconds(), now);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** What is to be said when the client goes without a goodbye; null = nothing. The broker has checked that it may. */
    void will(@Nullable MqttWillPublish stated) {
        if (stated == null) {
            will = null;
            return;
        }
        var payload = stated.getPayload();
        will = new Arrival(
                stated.getTopic(), stated.getContentType(), client, payload == null ? new byte[0] : payload, 0);
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) throws Exception {
        if (message instanceof PUBLISH publish) {
            if (!over) {
                arrived(from, publish);
            }
            return;
        }
        if (message instanceof DISCONNECT goodbye
                && goodbye.getReasonCode() == Mqtt5DisconnectReasonCode.NORMAL_DISCONNECTION) {
            will = null;
        }
        super.channelRead(from, message);
    }

    private void arrived(ChannelHandlerContext from, PUBLISH publish) {
        if (publish.getQoS() == QoS.EXACTLY_ONCE) {
            hall.meter().refused(Refusal.QOS);
            end(Mqtt5DisconnectReasonCode.QOS_NOT_SUPPORTED, "QoS 2 is not supported; use QoS 1");
            return;
        }
        if (publish.isDuplicateDelivery() && isUnanswered(publish.getPacketIdentifier())) {
            // Two answers to one packet id: the second could be taken for the answer to whatever uses the id next.
            return;
        }
        int size = sizeOf(publish);
        long now = System.nanoTime();
        lull.published(now);
        long pauseNanos = Math.max(messages.take(1, now), bytes.take(size, now));
        if (held.isEmpty() && mayHandOn()) {
            handOn(publish, size);
        } else if (publish.getQoS() == QoS.AT_MOST_ONCE && !hall.hasRoom()) {
            hall.meter().refused(Refusal.BUSY);
        } else {
            held.add(publish);
            heldBytes += size;
        }
        if (pauseNanos > 0 && !throttled) {
            throttled = true;
            hall.throttled(client);
            from.executor().schedule(this::throttledLongEnough, pauseNanos, TimeUnit.NANOSECONDS);
        }
        pauseOrGoOn();
    }

    private static int sizeOf(PUBLISH publish) {
        var payload = publish.getPayload();
        return (payload == null ? 0 : payload.length) + publish.getTopic().length() + PUBLISH_OVERHEAD;
    }

    private boolean isUnanswered(int packetId) {
        for (var publish : unanswered) {
            if (publish.packetId == packetId) {
                return true;
            }
        }
        for (var publish : held) {
            if (publish.getPacketIdentifier() == packetId) {
                return true;
            }
        }
        return false;
    }

    private boolean mayHandOn() {
        return !isWindowFull() && hall.hasRoom();
    }

    /** The number of publishes of MQTT 5 is not looked at: the client keeps to the receive maximum, and is read on for its PINGs. */
    private boolean isWindowFull() {
        return (!mqtt5 && unanswered.size() >= MOST_UNANSWERED) || unansweredBytes >= MOST_UNANSWERED_BYTES;
    }

    private void handOn(PUBLISH publish, int size) {
        if (hall.isShut()) {
            hall.meter().refused(Refusal.BUSY);
            end(Mqtt5DisconnectReasonCode.SERVER_SHUTTING_DOWN, "the door is shut, send again");
            return;
        }
        var payload = publish.getPayload();
        boolean answer = publish.getQoS() == QoS.AT_LEAST_ONCE;
        var inbound = new Publish(
                new Arrival(
                        publish.getTopic(),
                        publish.getContentType(),
                        client,
                        payload == null ? new byte[0] : payload,
                        hall.clock().millis()),
                answer ? publish.getPacketIdentifier() : Publish.NOBODY_ASKS,
                size);
        if (answer) {
            unanswered.add(inbound);
            unansweredBytes += size;
            hall.handedOn();
        }
        hall.forward(inbound);
        inbound.letGo();
    }

    /** Hands on what was held as far as that goes, and reads again when there is space for more. */
    private void goOn() {
        while (!over && !held.isEmpty() && mayHandOn()) {
            var publish = held.remove();
            int size = sizeOf(publish);
            heldBytes -= size;
            handOn(publish, size);
        }
        pauseOrGoOn();
    }

    private void pauseOrGoOn() {
        var here = context;
        if (over || here == null) {
            return;
        }
        if (!held.isEmpty() && !waitsForRoom && !isWindowFull()) {
            waitsForRoom = true;
            hall.whenRoom(() -> here.executor().execute(this::thereIsRoom));
        }
        boolean full = isWindowFull() || (!held.isEmpty() && (!waitsForRoom || heldBytes > HELD_WITHOUT_ROOM_BYTES));
        if (throttled || full) {
            // The broker switches reading on by itself when it has told the client that it is connected.
            if (!paused || here.channel().config().isAutoRead()) {
                if (!paused) {
                    hall.paused();
                }
                paused = true;
                here.channel().config().setAutoRead(false);
                keepAliveNanos = Math.max(keepAliveNanos, hall.broker().stopWatching(here.channel()));
            }
        } else if (paused && hasSpace()) {
            paused = false;
            hall.goesOn();
            if (keepAliveNanos > 0) {
                hall.broker().watch(here.channel(), keepAliveNanos);
                keepAliveNanos = 0;
            }
            here.channel().config().setAutoRead(true);
        }
    }

    /** Half of what may be under way is answered: reading a little at a time would cost more than it brings. */
    private boolean hasSpace() {
        return (mqtt5 || unanswered.size() <= MOST_UNANSWERED / 2) && unansweredBytes <= MOST_UNANSWERED_BYTES / 2;
    }

    private void thereIsRoom() {
        waitsForRoom = false;
        goOn();
    }

    private void throttledLongEnough() {
        throttled = false;
        goOn();
    }

    @Override
    public boolean markToWrite() {
        boolean first = !toWrite;
        toWrite = true;
        return first;
    }

    @Override
    public void writeAnswers() {
        toWrite = false;
        var here = context;
        if (over || here == null) {
            return;
        }
        boolean wrote = false;
        for (var head = unanswered.peek(); head != null && head.answer != Answer.NONE; head = unanswered.peek()) {
            if (head.answer == Answer.FAILED) {
                hall.meter().refused(Refusal.BUSY);
                // A device takes any PUBACK, even one that says failure, for the end of the matter.
                end(Mqtt5DisconnectReasonCode.SERVER_BUSY, "could not be stored, send again");
                return;
            }
            unanswered.remove();
            unansweredBytes -= head.size;
            hall.answered(1);
            here.write(head.puback(), here.voidPromise());
            wrote = true;
        }
        if (wrote) {
            here.flush();
        }
        goOn();
    }

    /** Answers what is due and closes the connection; nothing of it is answered afterwards. */
    private void end(Mqtt5DisconnectReasonCode reason, String why) {
        var here = context;
        if (over || here == null) {
            return;
        }
        here.flush();
        forget();
        hall.broker().disconnect(here.channel(), reason, why);
    }

    private void forget() {
        if (!over && paused) {
            hall.goesOn();
        }
        over = true;
        hall.answered(unanswered.size());
        unanswered.clear();
        held.clear();
        unansweredBytes = 0;
        heldBytes = 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext gone) throws Exception {
        forget();
        sayWill();
        super.channelInactive(gone);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        forget();
    }

    /** The client went without a goodbye: what it wanted to be said then goes the way of its other messages, with nobody to answer. */
    private void sayWill() {
        var stated = will;
        will = null;
        if (stated != null && !hall.isShut()) {
            hall.forward(new Publish(
                    new Arrival(
                            stated.topic(),
                            stated.contentType(),
                            client,
                            stated.payload(),
                            hall.clock().millis()),
                    Publish.NOBODY_ASKS,
                    0));
        }
    }

    /** Publishes that were handed on and have no answer yet. */
    int unanswered() {
        return unanswered.size();
    }

    private enum Answer {
        NONE,
        STORED,
        FAILED
    }

    /** A publish that was handed on. */
    private final class Publish extends Answers.Answered implements Inbound {
        static final int NOBODY_ASKS = 0;

        private @Nullable Arrival arrival;
        private final int packetId;
        private final int size;
        /** Written once by the answering thread before the answer is given, read by the event loop after. */
        private Answer given = Answer.NONE;

        private @Nullable RejectReason refusal;
        /** Of the event loop. */
        private Answer answer = Answer.NONE;

        Publish(Arrival arrival, int packetId, int size) {
            this.arrival = arrival;
            this.packetId = packetId;
            this.size = size;
        }

        @Override
        public Arrival arrival() {
            return Objects.requireNonNull(arrival, "handed on already");
        }

        /** What waits for Kafka waits there, and once is enough. */
        private void letGo() {
            arrival = null;
        }

        @Override
        public void acknowledge() {
            give(Answer.STORED, null);
        }

        @Override
        public void refuse(RejectReason reason) {
            give(Answer.STORED, reason);
        }

        @Override
        public void fail(Throwable cause) {
            if (packetId == NOBODY_ASKS) {
                hall.meter().refused(Refusal.BUSY);
            }
            give(Answer.FAILED, null);
        }

        @Override
        public void reply(Reply reply) {
            hall.reply(client, reply);
        }

        private void give(Answer answer, @Nullable RejectReason reason) {
            if (packetId != NOBODY_ASKS && claim()) {
                refusal = reason;
                given = answer;
                answers.give(this);
            }
        }

        @Override
        Answers.Answering arrived() {
            answer = given;
            return Intake.this;
        }

        /**
         * To MQTT 3.1.1 the reason is not told, it has no word for it. Disconnecting instead would bring the same message again and again,
         * and it is kept with its reason already.
         */
        private PUBACK puback() {
            return refusal == null
                    ? new PUBACK(packetId)
                    : new PUBACK(
                            packetId,
                            Mqtt5PubAckReasonCode.NOT_AUTHORIZED,
                            refusal.sentence().en(),
                            Mqtt5UserProperties.NO_USER_PROPERTIES);
        }
    }
}
