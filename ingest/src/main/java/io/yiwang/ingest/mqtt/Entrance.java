package io.yiwang.ingest.mqtt;

import com.hivemq.bootstrap.ClientConnectionContext;
import com.hivemq.bootstrap.ClientState;
import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.extension.sdk.api.packets.general.DisconnectedReasonCode;
import com.hivemq.mqtt.message.connack.CONNACK;
import com.hivemq.mqtt.message.reason.Mqtt5ConnAckReasonCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.RecurringEvent;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts whom the broker turns away by itself, before anyone is asked: TLS handshakes that fail and CONNECT packets that are none. The
 * broker's public interface does not tell of them. Put on a listening channel, it looks at each connection until that is let in.
 */
@ChannelHandler.Sharable
final class Entrance extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    /** The other states mean that the client went by itself. */
    private static final Set<ClientState> ENDED_BY_US =
            EnumSet.of(ClientState.DISCONNECTED_BY_SERVER, ClientState.CONNECT_FAILED);

    private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

    private final IngestMeter meter;
    private final RecurringEvent handshakes = new RecurringEvent(TOLD_EVERY);
    private final RecurringEvent packets = new RecurringEvent(TOLD_EVERY);

    Entrance(IngestMeter meter) {
        this.meter = meter;
    }

    /** As what it counts that the broker ended a connection; empty when it is no refusal. */
    static Optional<Refusal> refusal(DisconnectedReasonCode reason) {
        return switch (reason) {
            case PACKET_TOO_LARGE -> Optional.of(Refusal.TOO_LARGE);
            case RETAIN_NOT_SUPPORTED -> Optional.of(Refusal.RETAIN);
            case QOS_NOT_SUPPORTED -> Optional.of(Refusal.QOS);
            case WILDCARD_SUBSCRIPTION_NOT_SUPPORTED,
                    SHARED_SUBSCRIPTION_NOT_SUPPORTED,
                    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED -> Optional.of(Refusal.SUBSCRIBE);
            case MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    TOPIC_NAME_INVALID,
                    TOPIC_FILTER_INVALID,
                    TOPIC_ALIAS_INVALID,
                    RECEIVE_MAXIMUM_EXCEEDED -> Optional.of(Refusal.PROTOCOL);
            default -> Optional.empty();
        };
    }

    /** {@code accepted} is a connection: its own handlers are added after this and are there when it becomes active. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        if (accepted instanceof Channel connection) {
            connection.pipeline().addLast(new Entering());
        }
        context.fireChannelRead(accepted);
    }

    private final class Entering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            var pipeline = context.pipeline();
            if (pipeline.get(ChannelHandlerNames.MQTT_MESSAGE_ENCODER) != null) {
                var answer = new Answer();
                pipeline.addAfter(ChannelHandlerNames.MQTT_MESSAGE_ENCODER, null, answer);
                if (pipeline.get(ChannelHandlerNames.SSL_HANDLER) != null) {
                    pipeline.addAfter(ChannelHandlerNames.SSL_HANDLER, null, new Handshake(answer));
                }
            }
            context.fireChannelActive();
            pipeline.remove(this);
        }
    }

    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final Answer answer;

        Handshake(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                // Who only opens and closes a connection, as balancers do to see whether we live, is no failure.
                if (handshake.cause() instanceof SSLException cause) {
                    answer.counted = true;
                    meter.refused(Refusal.TLS);
                    handshakes.happened(count -> LOG.warn(
                            "{} TLS handshakes failed; the last was from {}: {}",
                            count,
                            context.channel().remoteAddress(),
                            sentence(cause)));
                }
                context.fireUserEventTriggered(event);
                context.pipeline().remove(this);
                return;
            }
            context.fireUserEventTriggered(event);
        }
    }

    /** The innermost message: the outer ones say only that it failed. Never the bytes that came: they may hold a secret. */
    private static String sentence(SSLException failure) {
        if (failure instanceof io.netty.handler.ssl.NotSslRecordException) {
            return "this is not TLS";
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /** @param reason null when there was no answer */
    private static Refusal as(@Nullable Mqtt5ConnAckReasonCode reason, ClientConnectionContext connection) {
        if (reason == Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED
                || reason == Mqtt5ConnAckReasonCode.CONNECTION_RATE_EXCEEDED
                || reason == Mqtt5ConnAckReasonCode.SERVER_BUSY) {
            return Refusal.BUSY;
        }
        // MQTT 3 has "not authorized" for whatever else it has no word for. Whose CONNECT was not even read has no id.
        return reason == Mqtt5ConnAckReasonCode.NOT_AUTHORIZED && connection.getClientId() != null
                ? Refusal.WILL
                : Refusal.PROTOCOL;
    }

    private final class Answer extends ChannelDuplexHandler {
        private boolean counted;

        @Override
        public void write(ChannelHandlerContext context, Object packet, ChannelPromise promise) {
            context.write(packet, promise);
            if (packet instanceof CONNACK answer) {
                if (answer.getReasonCode() != Mqtt5ConnAckReasonCode.SUCCESS) {
                    refused(context, answer.getReasonCode());
                }
                counted = true;
                context.pipeline().remove(this);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            var connection = ClientConnectionContext.of(context.channel());
            if (!counted && connection != null && ENDED_BY_US.contains(connection.getClientState())) {
                refused(context, null);
            }
            context.fireChannelInactive();
        }

        private void refused(ChannelHandlerContext context, @Nullable Mqtt5ConnAckReasonCode reason) {
            if (reason == Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD
                    || reason == Mqtt5ConnAckReasonCode.SERVER_UNAVAILABLE) {
                return; // We said so ourselves, and have counted it.
            }
            meter.refused(as(reason, ClientConnectionContext.of(context.channel())));
            packets.happened(count -> LOG.warn(
                    "{} connections ended at their first packet; the last was from {}: {}",
                    count,
                    context.channel().remoteAddress(),
                    reason == null ? "not MQTT, or nothing in time" : reason));
        }
    }
}
