package io.yiwang.yardsticks;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The floor under everything that writes to Kafka: a bare producer with ingest's settings that sends the very records that ingest wrote,
 * at a given rate, and does nothing else.
 *
 * <p>It wakes every {@value #WAKE_MILLIS} ms, which is its linger, and sends what has become due: pacing costs it next to nothing, and its
 * batches are as large as they can be at that linger.
 *
 * <p>Understands {@code load FILE} (records: int length and bytes of the key, then of the value, in turn), {@code start RATE}, {@code stop},
 * and {@code count}, answered with {@code ACKNOWLEDGED FAILED SENT}.
 */
final class FloorProducer {
    private static final int WAKE_MILLIS = 10;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Callback done = (metadata, failure) -> (failure == null ? acknowledged : failed).increment();
    private List<byte[][]> records = List.of();
    private volatile long sent;
    private volatile boolean running;
    private Thread thread = new Thread(() -> {});

    private FloorProducer(String kafka, String topic) {
        this.topic = topic;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                        5,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 << 10,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** @param arguments {@code kafka=HOST:PORT topic=NAME} */
    public static void main(String[] arguments) throws Exception {
        var given = Dialogue.arguments(arguments, "kafka", "topic");
        var floor = new FloorProducer(given.get("kafka"), given.get("topic"));
        Dialogue.hold(0, floor::answer);
        Runtime.getRuntime().halt(0);
    }

    private String answer(String line) throws IOException, InterruptedException {
        var words = line.split(" ", 2);
        switch (words[0]) {
            case "load" -> records = read(Path.of(words[1]));
            case "start" -> {
                double rate = Double.parseDouble(words[1]);
                running = true;
                thread = new Thread(() -> send(rate), "floor-producer");
                thread.start();
            }
            case "stop" -> {
                running = false;
                thread.join();
                producer.flush();
            }
            case "count" -> {
                // Only answered.
            }
            default -> throw new IllegalArgumentException("'" + line + "' is not understood");
        }
        return acknowledged.sum() + " " + failed.sum() + " " + sent;
    }

    private static List<byte[][]> read(Path file) throws IOException {
        var records = new ArrayList<byte[][]>();
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            while (in.available() > 0) {
                records.add(new byte[][] {in.readNBytes(in.readInt()), in.readNBytes(in.readInt())});
            }
        }
        return records;
    }

    private void send(double rate) {
        long start = System.nanoTime();
        long of = 0;
        while (running) {
            long due = (long) ((System.nanoTime() - start) / 1e9 * rate);
            for (; of < due; of++) {
                var record = records.get((int) (of % records.size()));
                producer.send(new ProducerRecord<>(topic, record[0], record[1]), done);
                sent++;
            }
            LockSupport.parkNanos(WAKE_MILLIS * 1_000_000L);
        }
    }
}
