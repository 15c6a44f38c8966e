package io.yiwang.ingest;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Newcomer;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A gas station with two detectors, their secrets, and a look into the Kafka that it reports to. */
public final class TestingCity {
    public static final String FACILITY = "gas-station-1";
    public static final String GOOD = "gas-station-1-leak1";
    public static final String BAD = "gas-station-1-leak2";
    public static final String METRIC = "gas_station_leak_lel";
    public static final String STATE = "gas_slamshut_state";

    private TestingCity() {}

    public static String secret(String device) {
        return "secret-of-" + device;
    }

    public static String telemetryTopic(String device) {
        return new DeviceTopic("gas", FACILITY, device, DeviceTopic.TELEMETRY).toString();
    }

    public static Facility facility(String... devices) {
        var facility = Facility.newBuilder()
                .setId(FACILITY)
                .setDomain("gas")
                .setType("gate_station")
                .setDistrict("east")
                .setInService(true);
        for (var device : devices) {
            var salt = ("salt-" + device).getBytes(StandardCharsets.UTF_8);
            facility.addDevices(Device.newBuilder()
                    .setId(device)
                    .addPoints(Point.newBuilder().setMetric(METRIC))
                    .addPoints(Point.newBuilder().setMetric(STATE))
                    .setCredential(Credential.newBuilder()
                            .setSalt(ByteString.copyFrom(salt))
                            .setHash(ByteString.copyFrom(
                                    Ids.secretHash(salt, secret(device).getBytes(StandardCharsets.UTF_8))))));
        }
        return facility.build();
    }

    public static void publish(String bootstrap, Facility facility) throws Exception {
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.ASSETS, facility.getId().getBytes(StandardCharsets.UTF_8), facility.toByteArray()))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    public static String json(long seq, double value) {
        return "{\"ts\":%d,\"boot\":\"b1\",\"seq\":%d,\"values\":{\"%s\":%s}}"
                .formatted(System.currentTimeMillis(), seq, METRIC, value);
    }

    public static List<Telemetry> telemetry(String bootstrap) {
        return records(bootstrap, Topics.TELEMETRY).stream()
                .map(TestingCity::record)
                .filter(TelemetryRecord::hasTelemetry)
                .map(TelemetryRecord::getTelemetry)
                .toList();
    }

    public static List<Tick> ticks(String bootstrap) {
        return records(bootstrap, Topics.TELEMETRY).stream()
                .map(TestingCity::record)
                .filter(TelemetryRecord::hasTick)
                .map(TelemetryRecord::getTick)
                .toList();
    }

    public static List<Rejected> rejected(String bootstrap) {
        return records(bootstrap, Topics.REJECTED).stream()
                .map(value -> {
                    try {
                        return Rejected.parseFrom(value);
                    } catch (InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    public static List<Newcomer> newcomers(String bootstrap) {
        return records(bootstrap, Topics.NEWCOMERS).stream()
                .map(value -> {
                    try {
                        return Newcomer.parseFrom(value);
                    } catch (InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private static TelemetryRecord record(byte[] value) {
        try {
            return TelemetryRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything that is in the topic now, each partition in its order. */
    private static List<byte[]> records(String bootstrap, String topic) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .collect(Collectors.toSet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var values = new ArrayList<byte[]>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
