package io.yiwang.yardsticks;

import java.util.concurrent.atomic.LongAdder;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The floor under the bridge: a bare Paho client with the bridge's options that acknowledges each message by hand as soon as it comes.
 * Answers {@code count} with the number of messages received.
 */
final class FloorReceiver implements MqttCallback {
    private static final int RECEIVE_MAXIMUM = 500;
    private static final long PATIENCE_MILLIS = 10_000;

    private final MqttAsyncClient client;
    private final LongAdder received = new LongAdder();

    private FloorReceiver(String url) throws MqttException {
        client = new MqttAsyncClient(url, "yardstick-receiver", new MemoryPersistence());
        client.setManualAcks(true);
        client.setCallback(this);
    }

    /** @param arguments {@code url=tcp://HOST:PORT filter=TOPICS} */
    public static void main(String[] arguments) throws Exception {
        var given = Dialogue.arguments(arguments, "url", "filter");
        var floor = new FloorReceiver(given.get("url"));
        var options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3600L);
        options.setReceiveMaximum(RECEIVE_MAXIMUM);
        options.setKeepAliveInterval(30);
        options.setAutomaticReconnect(false);
        floor.client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        floor.client.subscribe(given.get("filter"), 1).waitForCompletion(PATIENCE_MILLIS);
        Dialogue.hold(0, line -> String.valueOf(floor.received.sum()));
        Runtime.getRuntime().halt(0);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) throws MqttException {
        received.increment();
        client.messageArrivedComplete(message.getId(), message.getQos());
    }

    /** A yardstick that lost its connection measures nothing. */
    @Override
    public void disconnected(MqttDisconnectResponse response) {
        System.err.println("The floor receiver lost its connection: " + response);
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        System.err.println("The floor receiver met " + exception);
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // It publishes nothing.
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // The subscription follows in main.
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // Nobody authenticates so.
    }
}
