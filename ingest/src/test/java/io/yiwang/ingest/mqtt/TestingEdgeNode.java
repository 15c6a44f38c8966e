package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.decode.sparkplug.TestingEdge;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;

/** A Sparkplug edge node: its death as last will, its births and data with QoS 0 as the specification has it, and an ear for commands. */
final class TestingEdgeNode implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 30_000;

    final BlockingQueue<Payload> commands = new LinkedBlockingQueue<>();
    private final MqttAsyncClient client;
    private final String group;
    private final String edge;

    TestingEdgeNode(int port, String group, String edge, long bdSeq) throws MqttException {
        this.group = group;
        this.edge = edge;
        client = new MqttAsyncClient("tcp://127.0.0.1:" + port, edge, new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void disconnected(MqttDisconnectResponse response) {}

            @Override
            public void mqttErrorOccurred(MqttException exception) {}

            @Override
            public void messageArrived(String topic, MqttMessage message) throws Exception {
                commands.add(Payload.parseFrom(message.getPayload()));
            }

            @Override
            public void deliveryComplete(IMqttToken token) {}

            @Override
            public void connectComplete(boolean reconnect, String serverUri) {}

            @Override
            public void authPacketArrived(int reasonCode, MqttProperties properties) {}
        });
        var options = new MqttConnectionOptions();
        options.setUserName(edge);
        options.setPassword(TestingCity.secret(edge).getBytes(StandardCharsets.UTF_8));
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        options.setWill(
                topic("NDEATH", ""), new MqttMessage(TestingEdge.death(bdSeq).bytes(), 1, false, null));
        client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        client.subscribe(new MqttSubscription("spBv1.0/" + group + "/NCMD/" + edge + "/#", 1))
                .waitForCompletion(PATIENCE_MILLIS);
    }

    private String topic(String type, String device) {
        return "spBv1.0/" + group + "/" + type + "/" + edge + (device.isEmpty() ? "" : "/" + device);
    }

    void say(String type, String device, TestingEdge.Draft payload) throws MqttException {
        client.publish(topic(type, device), payload.bytes(), 0, false).waitForCompletion(PATIENCE_MILLIS);
    }

    /** Goes as the specification of MQTT has it: the broker forgets the last will. */
    void leave() throws MqttException {
        client.disconnect().waitForCompletion(PATIENCE_MILLIS);
        client.close(true);
    }

    /** The connection breaks. */
    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 500, false);
        client.close(true);
    }
}
