package io.yiwang.sim.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The other side of a generator that is measured: takes every device, acknowledges every QoS 1 message at once, keeps nothing. A
 * program of its own, so that its CPU time is not the generator's. Prints its port, and ends when its input ends.
 */
final class AcknowledgingSink {
    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int PINGREQ = 12;
    private static final int DISCONNECT = 14;
    private static final byte[] CONNACK = {0x20, 3, 0, 0, 0};
    private static final byte[] PINGRESP = {(byte) 0xD0, 0};

    private AcknowledgingSink() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
        boolean epoll = Epoll.isAvailable();
        var group = new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        try {
            var channel = new ServerBootstrap()
                    .group(group)
                    .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, 4096)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel opened) {
                            opened.pipeline().addLast(new Packets());
                        }
                    })
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            System.out.println(((InetSocketAddress) channel.localAddress()).getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
            channel.close().sync();
        } finally {
            group.shutdownGracefully();
        }
    }

    /** Just enough of MQTT 5. */
    private static final class Packets extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            while (in.readableBytes() >= 2) {
                int start = in.readerIndex();
                int first = in.readUnsignedByte();
                int length = 0;
                int shift = 0;
                int digit;
                do {
                    if (!in.isReadable()) {
                        in.readerIndex(start);
                        return;
                    }
                    digit = in.readUnsignedByte();
                    length |= (digit & 0x7F) << shift;
                    shift += 7;
                } while ((digit & 0x80) != 0);
                if (in.readableBytes() < length) {
                    in.readerIndex(start);
                    return;
                }
                int body = in.readerIndex();
                answer(context, first, in);
                in.readerIndex(body + length);
            }
        }

        private static void answer(ChannelHandlerContext context, int first, ByteBuf in) {
            switch (first >> 4) {
                case CONNECT ->
                    context.write(context.alloc().buffer(CONNACK.length).writeBytes(CONNACK));
                case PUBLISH -> {
                    if ((first & 0x06) != 0) {
                        in.skipBytes(in.readUnsignedShort());
                        int id = in.readUnsignedShort();
                        context.write(
                                context.alloc().buffer(4).writeShort(0x4002).writeShort(id), context.voidPromise());
                    }
                }
                case PINGREQ -> context.write(context.alloc().buffer(2).writeBytes(PINGRESP));
                case DISCONNECT -> context.close();
                default -> {
                    // Devices say nothing else.
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
