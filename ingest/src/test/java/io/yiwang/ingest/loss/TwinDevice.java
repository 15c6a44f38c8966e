package io.yiwang.ingest.loss;

import io.yiwang.ingest.loss.LossCity.Place;
import io.yiwang.ingest.mqtt.TestingDevice;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.MqttException;

/** A second device with the id and the secret of another: connects, says nothing, and is thrown out when the other comes back. */
record TwinDevice(Place place, int port) implements AutoCloseable {
    void throwOut(int times) throws InterruptedException {
        for (int time = 0; time < times; time++) {
            try (var twin = new TestingDevice(port, place.device()).connect()) {
                // Until the other is back.
                twin.disconnected.await(20, TimeUnit.SECONDS);
            } catch (MqttException e) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    @Override
    public void close() {}
}
