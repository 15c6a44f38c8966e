package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import io.yiwang.servers.KafkaServer;
import io.yiwang.streams.LocalCluster;
import io.yiwang.streams.intake.PackSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same log gives the same alarms, stopped and resumed from a checkpoint or a savepoint or not, with two subtasks. */
class DetectReplayIT {
    private static final String LEAK = "gas_station_leak_lel";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long START = 1_700_000_000_000L;
    private static final int STATIONS = 6;
    private static final int STEPS = 200;
    /** Readings above the limits that each half ends with: longer than the on-delay. */
    private static final int LAST = 6;

    @TempDir
    private Path folder;

    private KafkaServer kafka;
    private KafkaProducer<String, byte[]> producer;
    private KafkaConsumer<String, byte[]> consumer;

    @Test
    void theSameTopicTwiceGivesTheSameAlarmsAlsoWhenTheJobWasStoppedMeanwhile() throws Exception {
        try (var server = KafkaServer.start(folder.resolve("kafka"), 0);
                var out = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", server.bootstrap()),
                        new StringSerializer(),
                        new ByteArraySerializer());
                var in = new KafkaConsumer<>(
                        Map.<String, Object>of("bootstrap.servers", server.bootstrap()),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())) {
            kafka = server;
            producer = out;
            consumer = in;
            var partitions = consumer.partitionsFor(Topics.ALARMS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (int station = 0; station < STATIONS; station++) {
                producer.send(new ProducerRecord<>(
                        Topics.ASSETS, "S" + station, station("S" + station).toByteArray()));
            }

            var stopped = new TreeMap<String, List<String>>();
            var saved = new TreeMap<String, List<String>>();
            write(0, STEPS / 2);
            run("stopped", stopped, STEPS / 2);
            forgetOffsets();
            var savepoint = runToSavepoint(null, saved, STEPS / 2);
            write(STEPS / 2, STEPS);
            run("stopped", stopped, STEPS);
            assertThat(runToSavepoint(savepoint, saved, STEPS)).isNotEqualTo(savepoint);

            forgetOffsets();
            var whole = new TreeMap<String, List<String>>();
            run("whole", whole, STEPS);
            assertThat(whole).isEqualTo(stopped).isEqualTo(saved).hasSizeGreaterThanOrEqualTo(STATIONS);
        }
    }

    /** Runs the job until what was written up to the step is judged, and stops it with a last checkpoint. */
    private void run(String checkpoints, Map<String, List<String>> announced, int untilStep) throws Exception {
        var settings = new LocalCluster.Settings(folder.resolve(checkpoints), 0, 2, Duration.ofMillis(500));
        try (var cluster = LocalCluster.start(settings, Map.of(DetectJob.NAME, this::define))) {
            assertThat(cluster.uri()).isNotNull();
            hear(announced, untilStep);
        }
        hearTheRest(announced);
    }

    /**
     * The same on Flink's own cluster, which stops the running job with a savepoint.
     *
     * @param from savepoint that the job starts from; null = it begins anew
     * @return the savepoint with which it stopped
     */
    private String runToSavepoint(@Nullable String from, Map<String, List<String>> announced, int untilStep)
            throws Exception {
        var settings = new LocalCluster.Settings(folder.resolve("saved"), 0, 2, Duration.ofMinutes(10));
        var env = StreamExecutionEnvironment.getExecutionEnvironment(
                LocalCluster.jobConfiguration(settings, settings.checkpoints()));
        define(env);
        var graph = env.getStreamGraph();
        if (from != null) {
            graph.setSavepointRestoreSettings(
                    SavepointRestoreSettings.forPath(from, false, RecoveryClaimMode.NO_CLAIM));
        }
        try (var cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(new Configuration().set(RestOptions.PORT, 0).set(RestOptions.BIND_PORT, "0"))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build())) {
            cluster.start();
            var job = cluster.submitJob(graph).get().getJobID();
            hear(announced, untilStep);
            var savepoint = cluster.stopWithSavepoint(
                            job, folder.resolve("savepoints").toUri().toString(), false, SavepointFormatType.CANONICAL)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(cluster.requestJobResult(job).get().isSuccess()).isTrue();
            hearTheRest(announced);
            return savepoint;
        }
    }

    private void define(StreamExecutionEnvironment env) {
        DetectJob.define(
                env, kafka.bootstrap(), ZoneId.of("Asia/Shanghai"), PackSource.bundledAnd(null), CityClock.wallClock());
    }

    /** Until the last alarm of every station is announced. */
    private void hear(Map<String, List<String>> announced, int untilStep) {
        var over = new TreeSet<String>();
        await().atMost(PATIENCE).until(() -> {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                take(record, announced);
                var alarm = Alarm.parseFrom(record.value());
                if (alarm.getRule().equals(LEAK + ".hh") && alarm.getOnsetMillis() == at(untilStep - LAST)) {
                    over.add(alarm.getFacility());
                }
            }
            return over.size() >= STATIONS;
        });
    }

    /** What the job announced before it stopped and is not read yet. */
    private void hearTheRest(Map<String, List<String>> announced) {
        var ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> take(record, announced));
        }
    }

    private static void take(ConsumerRecord<String, byte[]> record, Map<String, List<String>> announced) {
        announced
                .computeIfAbsent(record.key(), key -> new ArrayList<>())
                .add(HexFormat.of().formatHex(record.value()));
    }

    private void forgetOffsets() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            // There are none when the job ended before it had committed any.
            if (admin.listConsumerGroups().all().get().stream()
                    .anyMatch(group -> group.groupId().equals(DetectJob.NAME))) {
                admin.deleteConsumerGroups(List.of(DetectJob.NAME)).all().get();
            }
        }
    }

    private static long at(int step) {
        return START + 10_000L * step;
    }

    /** Levels that rise above the limits now and then, the last ones of each half in any case; some come late, some twice. */
    private void write(int from, int to) {
        int partitions = producer.partitionsFor(Topics.TELEMETRY).size();
        for (int step = from; step < to; step++) {
            for (int station = 0; station < STATIONS; station++) {
                var id = "S" + station;
                boolean high = (step + 7 * station) % 80 > 70 && step < to - 70 || step >= to - LAST;
                send(id, step, high ? 62 : 1 + (step + station) % 3, at(step) + 200);
                if (step % 20 == station && step > from) {
                    send(id, step - 1, 1, at(step) + 300);
                }
            }
            var tick = TelemetryRecord.newBuilder()
                    .setTick(Tick.newBuilder().setWriter("test"))
                    .setLogMillis(at(step) + 5_000)
                    .build()
                    .toByteArray();
            for (int partition = 0; partition < partitions; partition++) {
                producer.send(new ProducerRecord<>(Topics.TELEMETRY, partition, null, tick));
            }
        }
        producer.flush();
    }

    private void send(String station, int step, double value, long logMillis) {
        producer.send(new ProducerRecord<>(
                Topics.TELEMETRY,
                station,
                TelemetryRecord.newBuilder()
                        .setLogMillis(logMillis)
                        .setTelemetry(Telemetry.newBuilder()
                                .setDomain("gas")
                                .setDistrict("d1")
                                .setFacility(station)
                                .setDevice(station + "-leak")
                                .setBoot("b")
                                .setSeq(step)
                                .setEventTimeMillis(at(step))
                                .setReceivedMillis(logMillis)
                                .addValues(Value.newBuilder().setMetric(LEAK).setNumber(value)))
                        .build()
                        .toByteArray()));
    }

    private static Facility station(String id) {
        return Facility.newBuilder()
                .setId(id)
                .setDomain("gas")
                .setType("district_regulator")
                .setDistrict("d1")
                .setInService(true)
                .addDevices(Device.newBuilder()
                        .setId(id + "-leak")
                        .addPoints(Point.newBuilder().setMetric(LEAK).setPeriodSeconds(10)))
                .build();
    }
}
