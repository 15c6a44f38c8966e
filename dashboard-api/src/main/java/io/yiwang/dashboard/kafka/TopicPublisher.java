package io.yiwang.dashboard.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.SmartLifecycle;

/** A thread that brings what the database holds to a compacted topic, as long as the program runs. What it writes is its own matter. */
public abstract class TopicPublisher implements SmartLifecycle {
    private final String bootstrap;
    private final String what;
    private final Map<String, Object> settings;
    private volatile boolean running;
    private Thread thread;

    /**
     * @param bootstrap servers
     * @param what is published, e.g. {@code rules}
     * @param settings of the producer beside those that all have
     */
    protected TopicPublisher(String bootstrap, String what, Map<String, Object> settings) {
        this.bootstrap = bootstrap;
        this.what = what;
        this.settings = settings;
    }

    /** Publishes until {@link #isRunning} says no; interrupted when it is to end. */
    protected abstract void publish(KafkaProducer<String, byte[]> producer) throws InterruptedException;

    @Override
    public void start() {
        running = true;
        thread = new Thread(this::run, "publish-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try (var producer = producer()) {
            publish(producer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private KafkaProducer<String, byte[]> producer() {
        var all = new HashMap<>(settings);
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, "dashboard-" + what);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaProducer<>(all, new StringSerializer(), new ByteArraySerializer());
    }
}
