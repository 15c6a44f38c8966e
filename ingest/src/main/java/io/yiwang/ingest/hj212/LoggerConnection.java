package io.yiwang.ingest.hj212;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.ingest.decode.hj212.Command;
import io.yiwang.ingest.decode.hj212.FrameSplitter;
import io.yiwang.ingest.decode.hj212.Piece.Broken;
import io.yiwang.ingest.decode.hj212.Piece.Frame;
import io.yiwang.ingest.decode.hj212.Segment;
import io.yiwang.ingest.hj212.LoggerMeter.Closed;
import io.yiwang.ingest.hj212.PacketHold.Bundle;
import io.yiwang.ingest.hj212.PacketHold.Received;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a data logger. Everything happens on its event loop; what Kafka says comes back to it.
 *
 * <p>Reading stops while {@value #MOST_UNANSWERED} frames wait for Kafka, while the log has no room, or when the connection is faster than
 * it may be: what is not read stays with the logger.
 */
final class LoggerConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LoggerConnection.class);

    static final int MOST_UNANSWERED = 16;
    /** So many frames of strangers, then the connection is closed. */
    static final int MOST_STRANGE = 3;
    /** So many broken pieces in succession, then the connection is closed: this is no logger. */
    static final int MOST_BROKEN = 20;
    /** A packet of a split message whose end is not certain waits so long for the next; less than a logger waits for its answer. */
    private static final long PACKET_PATIENCE_MILLIS = 8_000;

    private static final long LAST_ANSWERS_MILLIS = 5_000;
    /** As long as a logger tries: three resends, ten seconds each. */
    private static final long SILENT_ANSWERS_MILLIS = 40_000;

    private final LoggerDoor door;
    private final FrameSplitter splitter;
    private final PacketHold packets = new PacketHold();
    private final AnswerQueue answers;
    private final ReadBudget budget;
    private final Channel channel;
    private @Nullable CataloguedDevice device;
    private int strange;
    private int broken;
    private boolean tooFast;
    private boolean windowFull;
    /** As much waits for Kafka, of all connections, as may. */
    private boolean noRoom;

    private boolean ending;
    private long readNanos = System.nanoTime();
    private @Nullable ScheduledFuture<?> packetTimer;
    private @Nullable ScheduledFuture<?> introductionTimer;
    private @Nullable ScheduledFuture<?> idleTimer;

    LoggerConnection(LoggerDoor door, Channel channel) {
        this.door = door;
        this.channel = channel;
        splitter = new FrameSplitter(door.settings().maxSegmentBytes());
        budget = new ReadBudget(door.settings().bytesPerSecond(), System.nanoTime());
        answers = new AnswerQueue(frame -> {
            door.meter().answered();
            channel.writeAndFlush(Unpooled.wrappedBuffer(frame));
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (door.isBarred(address())) {
            close(Closed.BARRED);
            return;
        }
        if (!door.admits(this)) {
            close(Closed.TOO_MANY);
            return;
        }
        introductionTimer = channel.eventLoop()
                .schedule(
                        () -> {
                            if (device == null) {
                                close(Closed.NOT_INTRODUCED);
                            }
                        },
                        door.settings().introduction().toMillis(),
                        TimeUnit.MILLISECONDS);
        watchIdle(door.settings().idle().toNanos());
    }

    private void watchIdle(long nanos) {
        idleTimer = channel.eventLoop()
                .schedule(
                        () -> {
                            long left = door.settings().idle().toNanos() - (System.nanoTime() - readNanos);
                            // Whoever is not read from cannot be called idle.
                            if (left <= 0 && channel.config().isAutoRead()) {
                                close(Closed.IDLE);
                            } else {
                                watchIdle(Math.max(left, TimeUnit.SECONDS.toNanos(1)));
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var buffer = (ByteBuf) message;
        byte[] bytes;
        try {
            bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
        } finally {
            buffer.release();
        }
        readNanos = System.nanoTime();
        long pause = budget.pauseMillis(bytes.length, readNanos);
        if (pause > 0 && !tooFast) {
            tooFast = true;
            read();
            channel.eventLoop()
                    .schedule(
                            () -> {
                                tooFast = false;
                                read();
                            },
                            pause,
                            TimeUnit.MILLISECONDS);
        }
        for (var piece : splitter.feed(bytes)) {
            if (ending) {
                return;
            }
            piece.fold(this::onFrame, this::onBroken);
        }
        if (!noRoom && !door.log().hasRoom()) {
            noRoom = true;
            read();
            door.log()
                    .whenRoom(() -> channel.eventLoop().execute(() -> {
                        noRoom = false;
                        read();
                    }));
        }
    }

    /** Reads or does not, by what there is against it. */
    private void read() {
        channel.config().setAutoRead(!tooFast && !windowFull && !noRoom && !ending);
    }

    private @Nullable Void onFrame(Frame frame) {
        var segment = Segment.read(frame.segment()).orElse(null);
        if (segment == null) {
            return onBroken(new Broken(
                    RejectReason.MALFORMED,
                    "the segment has no CN or no CP=&&…&&",
                    frame.bytes(),
                    frame.bytes().length));
        }
        broken = 0;
        door.meter().command(segment.command());
        var received = new Received(frame, segment);
        if (device == null && door.isBarred(address())) {
            close(Closed.BARRED);
            return null;
        }
        var sender = door.access().of(segment);
        var known = sender.device();
        if (known == null || !sender.admitted()) {
            onStranger(received, known);
            return null;
        }
        if (!known.equals(device)) {
            door.speaks(this, known.id());
            device = known;
        }
        strange = 0;
        packets.on(received).forEach(this::onBundle);
        watchPackets();
        return null;
    }

    /** Forwards packets that wait in vain. */
    private void watchPackets() {
        if (packets.held() == 0) {
            cancel(packetTimer);
            packetTimer = null;
        } else if (packetTimer == null) {
            packetTimer = channel.eventLoop()
                    .schedule(
                            () -> {
                                packetTimer = null;
                                packets.letGo().forEach(this::onBundle);
                            },
                            PACKET_PATIENCE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void onBundle(Bundle bundle) {
        var segment = bundle.first().segment();
        var checksum = bundle.first().frame().checksum();
        var command = Command.of(segment.command()).orElse(null);
        var slot = slot();
        if (command == Command.HEARTBEAT) {
            slot.done(segment.asksAnswer() ? List.of(Answers.noticed(segment, checksum)) : List.of());
        } else if (command == Command.ASKS_TIME) {
            var frames = new ArrayList<byte[]>(2);
            if (segment.asksAnswer()) {
                frames.add(Answers.noticed(segment, checksum));
            }
            frames.add(Answers.setTime(segment, door.clock().millis(), checksum));
            slot.done(frames);
        } else if (command != null && command.meaning() == Command.Meaning.ANSWER) {
            // To a 1012 of ours, or to somebody else's request; counted with its command.
            slot.done(List.of());
        } else {
            var stored = new ArrayList<byte[]>(bundle.frames().size());
            for (var received : bundle.frames()) {
                if (received.segment().asksAnswer()) {
                    stored.add(
                            command == null
                                    ? Answers.refused(received.segment(), Answers.Refusal.COMMAND, checksum)
                                    : Answers.stored(received.segment(), checksum));
                }
            }
            var speaker = door.catalogue().deviceCalled(segment.device());
            forward(
                    speaker == null ? "" : topic(speaker),
                    speaker == null ? "" : speaker.id(),
                    bundle.bytes(),
                    slot,
                    stored,
                    List.of());
        }
    }

    private static String topic(CataloguedDevice device) {
        return new DeviceTopic(device.domain(), device.facility(), device.id(), DeviceTopic.HJ212).toString();
    }

    private void onStranger(Received received, @Nullable CataloguedDevice known) {
        var segment = received.segment();
        var checksum = received.frame().checksum();
        strange++;
        var slot = slot();
        var bytes = received.frame().bytes();
        var name = LoggerDoor.printable(segment.device());
        door.knocked(name, address(), segment.password(), bytes);
        if (known != null) {
            door.wrongPassword(address());
            slot.done(
                    segment.asksAnswer()
                            ? List.of(Answers.refused(segment, Answers.Refusal.PASSWORD, checksum))
                            : List.of());
        } else {
            door.meter().unknown();
            var answer = segment.asksAnswer()
                    ? List.of(Answers.refused(segment, Answers.Refusal.DEVICE, checksum))
                    : List.<byte[]>of();
            if (!name.isEmpty() && door.keepsStrangers()) {
                // What a logger says before the ledger knows it is kept, as far as that cannot be used to fill the log.
                forward(DeviceTopic.HJ212, name, bytes, slot, answer, answer);
            } else {
                slot.done(answer);
            }
        }
        if (strange >= MOST_STRANGE) {
            end(Closed.STRANGER);
        }
    }

    private @Nullable Void onBroken(Broken piece) {
        door.meter().broken(piece.reason(), piece.length());
        if (++broken >= MOST_BROKEN) {
            end(Closed.NOISE);
            return null;
        }
        var sender = device;
        if (sender != null) {
            // Kept, but not answered: neither its number nor its sender can be relied on.
            forward(topic(sender), sender.id(), piece.bytes(), slot(), List.of(), List.of());
        }
        return null;
    }

    private AnswerQueue.Slot slot() {
        var slot = answers.add();
        if (answers.waiting() >= MOST_UNANSWERED && !windowFull) {
            windowFull = true;
            read();
        }
        return slot;
    }

    private void goOn() {
        if (windowFull && answers.waiting() <= MOST_UNANSWERED / 2) {
            windowFull = false;
            read();
        }
        if (ending && answers.waiting() == 0) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /**
     * @param stored answers when it is stored
     * @param refused answers when it is nobody's who may send it
     */
    private void forward(
            String topic,
            String client,
            byte[] bytes,
            AnswerQueue.Slot slot,
            List<byte[]> stored,
            List<byte[]> refused) {
        var arrival = new Arrival(topic, null, client, bytes, door.clock().millis());
        door.unanswered(1);
        var inbound = new LoggerInbound(arrival, slot, stored, refused);
        try {
            door.forwarder().fromDevice(inbound);
        } catch (RuntimeException e) {
            LOG.error("A frame of {} met a fault and is not answered", client, e);
            inbound.fail(e);
        }
    }

    /** Frames that are on their way to Kafka. */
    private final class LoggerInbound implements Inbound {
        private final Arrival arrival;
        private final AnswerQueue.Slot slot;
        private final List<byte[]> stored;
        private final List<byte[]> refused;

        LoggerInbound(Arrival arrival, AnswerQueue.Slot slot, List<byte[]> stored, List<byte[]> refused) {
            this.arrival = arrival;
            this.slot = slot;
            this.stored = stored;
            this.refused = refused;
        }

        @Override
        public Arrival arrival() {
            return arrival;
        }

        @Override
        public void acknowledge() {
            answer(stored);
        }

        @Override
        public void refuse(RejectReason reason) {
            answer(refused);
        }

        private void answer(List<byte[]> frames) {
            onLoop(() -> {
                door.unanswered(-1);
                slot.done(frames);
                goOn();
            });
        }

        /** No dialect of this door asks anything. */
        @Override
        public void reply(Reply reply) {
            LOG.debug("Nothing of {} can be sent to a logger", reply.topic());
        }

        @Override
        public void fail(Throwable cause) {
            onLoop(() -> {
                door.unanswered(-1);
                close(Closed.NOT_STORED);
            });
        }
    }

    /** Runs it now or soon; not at all when the door has closed and with it every connection. */
    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.debug("The door has closed", closed);
        }
    }

    private String address() {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
    }

    /** Reads nothing any more, and closes when what is on its way is answered. */
    private void end(Closed why) {
        if (!ending) {
            door.meter().closed(why);
            endWithin(LAST_ANSWERS_MILLIS);
        }
    }

    private void endWithin(long millis) {
        ending = true;
        read();
        channel.eventLoop().schedule(() -> channel.close(), millis, TimeUnit.MILLISECONDS);
        goOn();
    }

    /** The logger sends nothing more, but hears what is answered to what it has sent. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent && !ending) {
            packets.letGo().forEach(this::onBundle);
            endWithin(SILENT_ANSWERS_MILLIS);
        }
        super.userEventTriggered(context, event);
    }

    /** Closes without an answer to what is on its way. */
    void close(Closed why) {
        if (channel.isActive() && !ending) {
            door.meter().closed(why);
        }
        ending = true;
        answers.close();
        channel.close();
    }

    /** Whoever changes the ledger is on another thread. */
    void accessChanged() {
        onLoop(() -> close(Closed.ACCESS_CHANGED));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // Packets that are held were not answered: the logger sends them again.
        answers.close();
        cancel(packetTimer);
        cancel(introductionTimer);
        cancel(idleTimer);
        door.gone(this);
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("The connection of {} broke: {}", address(), cause.toString());
        } else {
            LOG.error("The connection of {} met a fault and is closed", address(), cause);
        }
        channel.close();
    }
}
