package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.METRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.decode.sparkplug.TestingEdge;
import io.yiwang.model.RejectReason;
import io.yiwang.model.clock.CityClock;
import io.yiwang.servers.KafkaServer;
import java.nio.file.Path;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.tahu.message.model.MetricDataType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DialectsAtDoorIT extends DialectsSuite {
    @TempDir
    private static Path folder;

    private static KafkaServer kafka;
    private static Ingest ingest;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), facility());
        ingest = Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        folder.resolve("ingest"),
                        0,
                        DoorSettings.of("127.0.0.1", 0, folder.resolve("door")),
                        null,
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
        patiently().until(() -> knowsAll(ingest));
    }

    @AfterAll
    static void stop() {
        if (ingest != null) {
            ingest.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Override
    int port() {
        return ingest.mqttPort();
    }

    @Override
    String kafka() {
        return kafka.bootstrap();
    }

    @Test
    void nobodySpeaksOrDiesForAnotherEdgeNode() throws Exception {
        long before = ingest.meter().refusals(Refusal.WILL);
        try (var stranger = new TestingDevice(port(), "stranger")) {
            stranger.options.setWill(
                    "spBv1.0/G1/NDEATH/" + EDGE,
                    new MqttMessage(TestingEdge.death(7).bytes(), 1, false, null));
            assertThatThrownBy(stranger::connect).isInstanceOf(MqttException.class);
        }
        assertThat(ingest.meter().refusals(Refusal.WILL)).isGreaterThan(before);
        try (var stranger = new TestingDevice(port(), "stranger").connect()) {
            var birth = TestingEdge.payload(System.currentTimeMillis(), 0)
                    .bdSeq(1)
                    .metric(METRIC, 1, MetricDataType.Double, 66.0, null);
            stranger.client.publish("spBv1.0/G1/NBIRTH/" + EDGE, birth.bytes(), 0, false);
            patiently()
                    .untilAsserted(() -> assertThat(TestingCity.rejected(kafka()))
                            .anySatisfy(record -> {
                                assertThat(record.getReason()).isEqualTo(RejectReason.WRONG_TOPIC.name());
                                assertThat(record.getMqttTopic()).isEqualTo("spBv1.0/G1/NBIRTH/" + EDGE);
                            }));
        }
    }
}
