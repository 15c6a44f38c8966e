package io.yiwang.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.Topics;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log promises, with Kafka's own stand-in for a producer whose answers the test chooses. */
class KafkaLogTest {
    private static final Node NODE = new Node(1, "localhost", 9092);
    private static final Cluster CLUSTER = new Cluster(
            "test",
            List.of(NODE),
            Stream.of(Topics.TELEMETRY, Topics.REJECTED)
                    .map(topic -> new PartitionInfo(topic, 0, NODE, new Node[] {NODE}, new Node[] {NODE}))
                    .toList(),
            Set.of(),
            Set.of());

    private final MockProducer<byte[], byte[]> producer = new MockProducer<>(
            CLUSTER, false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    private final List<Throwable> fatal = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final KafkaLog log = new KafkaLog(producer, 10_000, new KafkaAddresses("localhost:1"), fatal::add);

    @AfterEach
    void close() {
        log.close(Duration.ZERO);
    }

    private void awaitOpen() {
        await().until(log::isOpen);
    }

    private void append(int payloadBytes) {
        log.append(
                Telemetry.newBuilder()
                        .setFacility("f")
                        .setBoot("b".repeat(payloadBytes))
                        .build(),
                this::answered);
    }

    private void answered(@Nullable Throwable failure) {
        answers.add(failure == null ? "stored" : failure.getClass().getSimpleName());
    }

    @Test
    void aRecordIsStoredWhenKafkaSaysSo() {
        awaitOpen();
        append(10);
        assertThat(answers).isEmpty();
        assertThat(log.recordsInFlight()).isEqualTo(1);
        producer.completeNext();
        assertThat(answers).containsExactly("stored");
        assertThat(log.recordsInFlight()).isZero();
        assertThat(log.bytesInFlight()).isZero();
        assertThat(log.stalledFor()).isZero();
    }

    @Test
    void recordsOfAFacilityShareAKeyAndRejectedOnesAreTheDevices() {
        awaitOpen();
        append(1);
        log.append(Rejected.newBuilder().setDevice("d").build(), this::answered);
        log.append(Rejected.getDefaultInstance(), this::answered);
        assertThat(producer.history())
                .extracting(record ->
                        record.topic() + " " + new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8))
                .containsExactly("telemetry f", "telemetry.rejected d", "telemetry.rejected unknown");
    }

    @Test
    void whatIsMoreThanMayWaitFailsAtOnceAndTakesNoPlace() {
        awaitOpen();
        append(8000);
        append(8000);
        assertThat(answers).containsExactly("FullException");
        producer.completeNext();
        append(8000);
        producer.completeNext();
        assertThat(answers).containsExactly("FullException", "stored", "stored");
        assertThat(fatal).isEmpty();
    }

    @Test
    void whoeverAsksForRoomGoesOnWhenHalfOfItIsFree() {
        awaitOpen();
        assertThat(log.hasRoom()).isTrue();
        append(4000);
        append(3500);
        assertThat(log.hasRoom()).isFalse();
        log.whenRoom(() -> answers.add("room"));
        assertThat(answers).isEmpty();
        producer.completeNext();
        assertThat(answers).containsExactly("room", "stored");
        assertThat(log.hasRoom()).isTrue();
        log.whenRoom(() -> answers.add("room at once"));
        assertThat(answers).containsExactly("room", "stored", "room at once");
        producer.completeNext();
        assertThat(answers).endsWith("room at once", "stored");
    }

    @Test
    void kafkaHasMovedWhenItAnswersAndNoLeaderIsWhereItWas() throws Exception {
        var here = CLUSTER.partitionsForTopic(Topics.TELEMETRY);
        record Now(Set<String> leaders) {
            KafkaAddresses addresses() {
                var answer = leaders;
                return new KafkaAddresses("localhost:1") {
                    @Override
                    Set<String> leaders() {
                        return answer;
                    }
                };
            }
        }
        assertThat(new Now(Set.of()).addresses().differFrom(here)).isFalse();
        assertThat(new Now(Set.of("localhost:9092", "b:1")).addresses().differFrom(here))
                .isFalse();
        assertThat(new Now(Set.of("b:1")).addresses().differFrom(here)).isTrue();
    }

    @Test
    void anErrorByCallbackAndAThrownOneAreBothToldOnce() {
        awaitOpen();
        append(1);
        producer.errorNext(new TimeoutException("no answer"));
        producer.sendException = new KafkaException("thrown");
        append(1);
        assertThat(answers).containsExactly("TimeoutException", "KafkaException");
        assertThat(log.recordsInFlight()).isZero();
        assertThat(fatal).isEmpty();
    }

    @Test
    void aProducerThatCannotGoOnEndsTheProcess() {
        awaitOpen();
        append(1);
        producer.errorNext(new OutOfOrderSequenceException("broken"));
        assertThat(fatal).hasSize(1);
        assertThat(answers).containsExactly("OutOfOrderSequenceException");
    }
}
