package io.yiwang.sim.replay;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.ledger.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.json.JsonMapper;

/** One replay device's connection: MQTT 5, QoS 1, reconnecting, at most {@value #WINDOW} messages unanswered. */
final class ReplayDevice {
    private static final int WINDOW = 20;
    private static final int IO_THREADS = 2;
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final long RECONNECT_MILLIS = 1000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Cast.Role role;
    private final String boot;
    private final String topic;
    private final Ledger ledger;
    private final Mqtt5AsyncClient client;
    private final Semaphore window = new Semaphore(WINDOW);
    private final LongAdder acked = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private long seq;

    ReplayDevice(Cast.Role role, String boot, String secret, BrokerAddress broker, Ledger ledger) {
        this.role = role;
        this.boot = boot;
        this.ledger = ledger;
        topic = new DeviceTopic(role.domain(), role.facility(), role.device(), DeviceTopic.TELEMETRY).toString();
        var builder = MqttClient.builder()
                .useMqttVersion5()
                .identifier(role.device())
                .serverHost(broker.host())
                .serverPort(broker.port())
                .executorConfig()
                .nettyThreads(IO_THREADS)
                .applyExecutorConfig()
                .simpleAuth()
                .username(role.device())
                .password(secret.getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .addDisconnectedListener(context -> {
                    if (context.getSource() != MqttDisconnectSource.USER) {
                        // The door may not know the device yet; what was unanswered goes again.
                        context.getReconnector().reconnect(true).delay(RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
                        ((com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientDisconnectedContext) context)
                                .getReconnector()
                                .republishIfSessionExpired(true);
                    }
                });
        client = (broker.tls()
                        ? builder.sslConfig(MqttClientSslConfig.builder()
                                .trustManagerFactory(broker.trust())
                                .build())
                        : builder)
                .buildAsync();
    }

    void connect() {
        client.connectWith()
                .keepAlive(KEEP_ALIVE_SECONDS)
                .restrictions()
                .sendMaximum(WINDOW)
                .applyRestrictions()
                .send();
    }

    boolean isConnected() {
        return client.getState().isConnected();
    }

    /**
     * Says what the row has of this device; waits while too much is unanswered.
     *
     * @return how many values were said; gaps are not said
     */
    int say(long tsMillis, double[] row) throws InterruptedException {
        var values = new LinkedHashMap<String, Double>();
        for (var part : role.parts()) {
            double value = row[part.series()];
            if (!Double.isNaN(value)) {
                values.put(part.metric(), value * part.scale());
            }
        }
        if (values.isEmpty()) {
            return 0;
        }
        window.acquire();
        long number = ++seq;
        ledger.attempted(role.device(), boot, number, tsMillis, List.copyOf(values.keySet()));
        client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(JSON.writeValueAsBytes(Map.of("ts", tsMillis, "boot", boot, "seq", number, "values", values)))
                .send()
                .whenComplete((result, failure) -> {
                    if (failure == null && result.getError().isEmpty()) {
                        ledger.acked(role.device(), boot, number);
                        acked.increment();
                    } else {
                        refused.increment();
                    }
                    window.release();
                });
        return values.size();
    }

    /** Waits until everything is answered. @return false when that takes longer */
    boolean drain(long millis) throws InterruptedException {
        boolean all = window.tryAcquire(WINDOW, millis, TimeUnit.MILLISECONDS);
        if (all) {
            window.release(WINDOW);
        }
        return all;
    }

    long said() {
        return seq;
    }

    long acked() {
        return acked.sum();
    }

    long refused() {
        return refused.sum();
    }

    void close() {
        client.disconnect();
    }
}
