package io.yiwang.ingest.mqtt;

import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stops reading from a connection that has too many publishes unanswered, and goes on when half of them are answered.
 *
 * <p>MQTT 5 clients keep to the receive maximum or are disconnected by the broker. MQTT 3.1.1 has no such thing: without this, the
 * publishes of a client that is faster than Kafka would pile up in the broker's memory. With it they stay in the client's own buffers.
 */
final class SendWindow extends ChannelDuplexHandler {
    static final int MOST_UNANSWERED = 200;

    private final AtomicLong unansweredOfAll;
    private int unanswered;
    private boolean paused;

    SendWindow(AtomicLong unansweredOfAll) {
        this.unansweredOfAll = unansweredOfAll;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof PUBLISH publish && publish.getQoS() == QoS.AT_LEAST_ONCE) {
            unanswered++;
            unansweredOfAll.incrementAndGet();
            if (unanswered >= MOST_UNANSWERED && !paused) {
                paused = true;
                context.channel().config().setAutoRead(false);
            }
        }
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof PUBACK && unanswered > 0) {
            unanswered--;
            unansweredOfAll.decrementAndGet();
            if (paused && unanswered <= MOST_UNANSWERED / 2) {
                paused = false;
                context.channel().config().setAutoRead(true);
            }
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        unansweredOfAll.addAndGet(-unanswered);
        unanswered = 0;
        super.channelInactive(context);
    }
}
