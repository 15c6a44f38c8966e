package io.yiwang.ingest.mqtt;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.RecurringEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands in the pipeline of a listening socket and lets in what {@link ConnectionLimits} admit; the rest is closed at once. */
@Sharable
final class Threshold extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Threshold.class);

    private final ConnectionLimits limits;
    private final IngestMeter meter;
    private final RecurringEvent refusals = new RecurringEvent(Duration.ofSeconds(10));

    Threshold(ConnectionLimits limits, IngestMeter meter) {
        this.limits = limits;
        this.meter = meter;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) throws Exception {
        if (accepted instanceof Channel connection
                && connection.remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null) {
            var address = remote.getAddress();
            var verdict = limits.admit(address, System.nanoTime());
            if (verdict != ConnectionLimits.Verdict.ADMITTED) {
                refuse(connection, address, verdict);
                return;
            }
            connection.closeFuture().addListener(closed -> limits.ended(address));
        }
        super.channelRead(context, accepted);
    }

    private void refuse(Channel connection, InetAddress address, ConnectionLimits.Verdict verdict) {
        meter.refused(Refusal.CONNECTION);
        refusals.happened(count -> LOG.warn(
                "Closed {} connections at once; the last was from {}: {}",
                count,
                address.getHostAddress(),
                switch (verdict) {
                    case TOO_FAST -> "it opens more a second than --max-connects-per-address allows";
                    case TOO_MANY_OF_ADDRESS -> "it has as many as --max-connections-per-address allows";
                    default -> "there are as many as --max-connections allows";
                }));
        // It has no event loop yet, so it cannot be closed in an orderly way.
        connection.unsafe().closeForcibly();
    }
}
