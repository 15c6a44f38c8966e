package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.TestingCity;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A device: an MQTT 5 client that knows its secret and notices when it is sent away. */
public final class TestingDevice implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 30_000;

    public final MqttAsyncClient client;
    public final CountDownLatch disconnected = new CountDownLatch(1);
    public final MqttConnectionOptions options = new MqttConnectionOptions();
    /** Gets topic and message of what the broker sends. */
    public volatile BiConsumer<String, MqttMessage> onMessage = (topic, message) -> {};

    public TestingDevice(int port, String id) throws MqttException {
        this(port, id, id, TestingCity.secret(id));
    }

    public TestingDevice(int port, String id, String user, String secret) throws MqttException {
        this("tcp://127.0.0.1:" + port, id);
        options.setUserName(user);
        options.setPassword(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Over TLS, without user and secret. */
    public TestingDevice(int port, String id, SSLContext tls) throws MqttException {
        this("ssl://127.0.0.1:" + port, id);
        options.setSocketFactory(tls.getSocketFactory());
    }

    private TestingDevice(String url, String id) throws MqttException {
        client = new MqttAsyncClient(url, id, new MemoryPersistence());
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        client.setCallback(new MqttCallback() {
            @Override
            public void disconnected(MqttDisconnectResponse response) {
                disconnected.countDown();
            }

            @Override
            public void mqttErrorOccurred(MqttException exception) {}

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                onMessage.accept(topic, message);
            }

            @Override
            public void deliveryComplete(IMqttToken token) {}

            @Override
            public void connectComplete(boolean reconnect, String serverUri) {}

            @Override
            public void authPacketArrived(int reasonCode, MqttProperties properties) {}
        });
    }

    public TestingDevice connect() throws MqttException {
        client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        return this;
    }

    /** Publishes with QoS 1; the token completes with the PUBACK. */
    public IMqttToken send(String topic, byte[] payload) throws MqttException {
        return client.publish(topic, payload, 1, false);
    }

    /** Publishes and waits for the PUBACK; returns its reason code. */
    public int publish(String topic, String payload) throws MqttException {
        var token = send(topic, payload.getBytes(StandardCharsets.UTF_8));
        token.waitForCompletion(PATIENCE_MILLIS);
        var codes = token.getReasonCodes();
        return codes == null || codes.length == 0 ? 0 : codes[0];
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 500, false);
        client.close(true);
    }
}
