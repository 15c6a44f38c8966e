package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.TestingCity;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that does exactly what the test says, one packet after the other. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    /** A packet from the broker; type 0 when the connection has ended instead. */
    record Packet(int type, byte[] body) {
        static final int END = 0;
        static final int PUBACK = 4;
        static final int PINGRESP = 13;
        static final int DISCONNECT = 14;

        int packetId() {
            return (body[0] & 0xff) << 8 | (body[1] & 0xff);
        }
    }

    private RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** An MQTT 3.1.1 client that is connected. */
    static RawClient connect(int port, String id) throws IOException {
        return accepted(new RawClient(port), RawMqtt.connect(id, TestingCity.secret(id)));
    }

    /** An MQTT 3.1.1 client that promises to be heard of every so often. */
    static RawClient connect(int port, String id, int keepAliveSeconds) throws IOException {
        return accepted(new RawClient(port), RawMqtt.connect(id, TestingCity.secret(id), keepAliveSeconds));
    }

    /** An MQTT 5 client that is connected. */
    static RawClient connect5(int port, String id) throws IOException {
        return accepted(new RawClient(port), RawMqtt.connect5(id, TestingCity.secret(id)));
    }

    private static RawClient accepted(RawClient client, byte[] connect) throws IOException {
        client.send(connect);
        var answer = client.read();
        if (answer.type != 2 || answer.body[1] != 0) {
            throw new IOException("not connected: " + answer.type);
        }
        return client;
    }

    RawClient send(byte[] packet) throws IOException {
        socket.getOutputStream().write(packet);
        return this;
    }

    RawClient publish(String topic, int packetId, String payload) throws IOException {
        return send(RawMqtt.publish(topic, packetId, payload.getBytes(StandardCharsets.UTF_8)));
    }

    Packet read() throws IOException {
        try {
            int type = in.read();
            if (type < 0) {
                return new Packet(Packet.END, new byte[0]);
            }
            int length = 0;
            int shift = 0;
            int next;
            do {
                next = in.readUnsignedByte();
                length |= (next & 0x7f) << shift;
                shift += 7;
            } while (next > 127);
            var body = new byte[length];
            in.readFully(body);
            return new Packet(type >> 4, body);
        } catch (EOFException | SocketException e) {
            return new Packet(Packet.END, new byte[0]);
        }
    }

    /** Everything that comes until the answer to a PING; what was sent before it has been read by then. */
    Packet nextOrPong() throws IOException {
        send(RawMqtt.ping());
        return read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
