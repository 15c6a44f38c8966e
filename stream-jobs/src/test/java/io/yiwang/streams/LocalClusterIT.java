package io.yiwang.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import io.yiwang.servers.KafkaServer;
import io.yiwang.streams.detect.DetectJob;
import io.yiwang.streams.intake.PackSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The detect job on a real Kafka, killed and resumed. */
class LocalClusterIT {
    private static final String LEAK = "gas_station_leak_lel";
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    static Path folder;

    private static KafkaServer kafka;
    private static KafkaProducer<String, byte[]> producer;
    private static KafkaConsumer<String, byte[]> consumer;
    private final List<Alarm> alarms = new ArrayList<>();
    private long seq;

    @BeforeAll
    static void startKafka() {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", "0"),
                new StringSerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topics.ALARMS).stream()
                .map(partition -> new TopicPartition(Topics.ALARMS, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @AfterAll
    static void stopKafka() {
        consumer.close();
        producer.close(Duration.ZERO);
        kafka.close();
    }

    @Test
    void aLeakIsAnAlarmWithItsEvidenceAndAKilledJobGoesOnWhereItWas() throws Exception {
        publishAsset();
        var settings = new LocalCluster.Settings(folder.resolve("checkpoints"), 0, 2, Duration.ofMillis(500));
        Map<String, LocalCluster.Definition> jobs = Map.of(
                DetectJob.NAME,
                env -> DetectJob.define(
                        env,
                        kafka.bootstrap(),
                        ZoneId.of("Asia/Shanghai"),
                        PackSource.bundledAnd(null),
                        CityClock.wallClock()));

        var first = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocalCluster.class.getName(),
                        "--jobs",
                        "detect",
                        "--kafka",
                        kafka.bootstrap(),
                        "--checkpoints",
                        settings.checkpoints().toString(),
                        "--checkpoint-seconds",
                        "1",
                        "--ui-port",
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("first.log").toFile())
                .start();
        long onset;
        try {
            send("leak1", 1.0);
            onset = send("leak1", 62.0);
            // The on-delay is over by the log's clock: no further reading comes.
            await().atMost(LONG).until(() -> {
                tick();
                return alarm(AlarmStep.RAISED, "hh");
            });
            var raised = alarms.stream()
                    .filter(alarm -> alarm.getRule().equals(LEAK + ".hh"))
                    .findFirst()
                    .orElseThrow();
            assertThat(raised.getId()).isEqualTo(Ids.alarm("R1", LEAK + ".hh", onset));
            assertThat(raised.getOnsetMillis()).isEqualTo(onset);
            assertThat(raised.getPeak()).isEqualTo(62.0);
            assertThat(raised.getDevicesList()).containsExactly("R1-leak1");
            assertThat(raised.getEvidence().getLimit()).isPositive();
            assertThat(raised.getEvidence().getSamplesList())
                    .extracting(sample -> sample.getNumber())
                    .containsExactly(1.0, 62.0);
            // The newest checkpoint is one that was completed after the alarm.
            var before = checkpoint(settings);
            await().atMost(LONG)
                    .until(() -> !checkpoint(settings).equals(before)
                            && !checkpoint(settings).isEmpty());
            // What happens between the checkpoint and the end is repeated by the next start.
            await().atMost(LONG).until(() -> {
                send("leak1", 75.0);
                return alarm(AlarmStep.UPDATED, "hh");
            });
        } finally {
            first.destroyForcibly().waitFor();
        }

        var second = LocalCluster.start(settings, jobs);
        try {
            // Only a job that remembers the alarm can clear it.
            send("leak1", 0.5);
            await().atMost(LONG).until(() -> {
                tick();
                return alarm(AlarmStep.CLEARED, "hh");
            });
            var response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(second.uri().resolve("/jobs/overview"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).contains("\"name\":\"detect\"").contains("RUNNING");
            var page = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(second.uri().resolve("/")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
        } finally {
            second.close();
        }
        assertThat(checkpoint(settings))
                .as("a stopped job keeps its last checkpoint")
                .isNotEmpty();

        var byRevision = new HashMap<String, Alarm>();
        for (var alarm : alarms) {
            var same = byRevision.putIfAbsent(alarm.getId() + "/" + alarm.getRevision(), alarm);
            assertThat(same == null ? alarm : same).isEqualTo(alarm);
        }
        assertThat(byRevision.values())
                .filteredOn(alarm -> alarm.getRule().equals(LEAK + ".hh"))
                .extracting(Alarm::getId)
                .containsOnly(Ids.alarm("R1", LEAK + ".hh", onset));
    }

    private boolean alarm(AlarmStep step, String side) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> {
            try {
                var alarm = Alarm.parseFrom(record.value());
                assertThat(record.key()).isEqualTo(Ids.alarmKey(alarm.getFacility(), alarm.getRule()));
                alarms.add(alarm);
            } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        });
        return alarms.stream()
                .anyMatch(alarm -> alarm.getStep() == step && alarm.getRule().equals(LEAK + "." + side));
    }

    private static String checkpoint(LocalCluster.Settings settings) {
        return new CheckpointFolder(settings.checkpoints().resolve(DetectJob.NAME))
                .newest()
                .map(newest -> newest.path().toString())
                .orElse("");
    }

    private static void publishAsset() throws Exception {
        var facility = Facility.newBuilder()
                .setId("R1")
                .setDomain("gas")
                .setType("regulator_station")
                .setDistrict("d1")
                .setInService(true);
        for (var device : List.of("R1-leak1", "R1-leak2")) {
            facility.addDevices(Device.newBuilder()
                    .setId(device)
                    .addPoints(Point.newBuilder().setMetric(LEAK).setPeriodSeconds(10)));
        }
        producer.send(new ProducerRecord<>(Topics.ASSETS, "R1", facility.build().toByteArray()))
                .get();
    }

    /** @return the reading's event time */
    private long send(String device, double number) throws Exception {
        long now = System.currentTimeMillis();
        var record = TelemetryRecord.newBuilder()
                .setTelemetry(Telemetry.newBuilder()
                        .setDomain("gas")
                        .setDistrict("d1")
                        .setFacility("R1")
                        .setDevice("R1-" + device)
                        .setBoot("b")
                        .setSeq(++seq)
                        .setEventTimeMillis(now)
                        .setReceivedMillis(now)
                        .addValues(Value.newBuilder().setMetric(LEAK).setNumber(number)))
                .build();
        producer.send(new ProducerRecord<>(Topics.TELEMETRY, "R1", record.toByteArray()))
                .get();
        return now;
    }

    private static void tick() {
        var tick = TelemetryRecord.newBuilder()
                .setTick(Tick.newBuilder().setWriter("test"))
                .build()
                .toByteArray();
        IntStream.range(0, 6)
                .forEach(partition -> producer.send(new ProducerRecord<>(Topics.TELEMETRY, partition, null, tick)));
    }
}
