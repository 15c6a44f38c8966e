package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.FACILITY;
import static io.yiwang.ingest.TestingCity.METRIC;
import static io.yiwang.ingest.TestingCity.STATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.decode.sparkplug.TestingEdge;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.tahu.message.model.MetricDataType;
import org.junit.jupiter.api.Test;

/** What every way in must do with SenML and Sparkplug B, down to Kafka. */
abstract class DialectsSuite {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String GATEWAY = "senml-gateway";
    static final String CHILD = "senml-child";
    static final String EDGE = "edge-1";
    static final String FIRST = "tank-1";
    static final String SECOND = "tank-2";
    private static final String PRESSURE = "gas_outlet_pressure_lp";
    private static final String LEAK = "Leak/LEL";
    private static final String VALVE = "Valve";

    /** Where devices connect. */
    abstract int port();

    abstract String kafka();

    static Facility facility() {
        return Facility.newBuilder()
                .setId(FACILITY)
                .setDomain("gas")
                .setType("gate_station")
                .setDistrict("east")
                .setInService(true)
                .addDevices(speaking(GATEWAY).addPoints(Point.newBuilder().setMetric(METRIC)))
                .addDevices(speaking("stranger").addPoints(Point.newBuilder().setMetric(METRIC)))
                .addDevices(Device.newBuilder()
                        .setId(CHILD)
                        .setExternalId("urn:dev:mac:0024befffe804ff1")
                        .setGateway(GATEWAY)
                        .addPoints(Point.newBuilder().setMetric(METRIC).setSource("leak"))
                        .addPoints(Point.newBuilder().setMetric(STATE).setSource("valve"))
                        .addPoints(Point.newBuilder().setMetric(PRESSURE).setSource("outlet_pressure")))
                .addDevices(speaking(EDGE))
                .addDevices(behindEdge(FIRST).setExternalId("Tank1"))
                .addDevices(behindEdge(SECOND))
                .build();
    }

    private static Device.Builder speaking(String id) {
        var salt = ("salt-" + id).getBytes(StandardCharsets.UTF_8);
        return Device.newBuilder()
                .setId(id)
                .setCredential(Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(salt))
                        .setHash(ByteString.copyFrom(
                                Ids.secretHash(salt, TestingCity.secret(id).getBytes(StandardCharsets.UTF_8)))));
    }

    private static Device.Builder behindEdge(String id) {
        return Device.newBuilder()
                .setId(id)
                .setGateway(EDGE)
                .addPoints(Point.newBuilder().setMetric(METRIC).setSource(LEAK))
                .addPoints(Point.newBuilder().setMetric(STATE).setSource(VALVE));
    }

    /** Paho's receiver may throw on its own thread when its client is closed in the middle; that client is given up anyway. */
    static ConditionFactory patiently() {
        return await().dontCatchUncaughtExceptions().atMost(PATIENCE);
    }

    static boolean knowsAll(Ingest ingest) {
        return ingest.catalogue().device(SECOND) != null;
    }

    private Stream<Telemetry> of(String device) {
        return TestingCity.telemetry(kafka()).stream()
                .filter(message -> message.getDevice().equals(device));
    }

    private Stream<Value> values(String device, String metric) {
        return of(device)
                .flatMap(message -> message.getValuesList().stream())
                .filter(value -> value.getMetric().equals(metric));
    }

    private void awaitNumber(String device, String metric, double number) {
        patiently()
                .untilAsserted(() -> assertThat(values(device, metric)).anySatisfy(value -> {
                    assertThat(value.getQuality()).isEqualTo(Quality.GOOD);
                    assertThat(value.getNumber()).isEqualTo(number);
                }));
    }

    @Test
    void senmlOnItsChannelIsOfTheDevicesThatItNames() throws Exception {
        long now = System.currentTimeMillis();
        var pack = """
                [{"bn":"urn:dev:mac:0024befffe804ff1:","bt":%s,"n":"leak","v":4.5},{"n":"valve","vb":true},{"n":"outlet_pressure","u":"Pa","v":2650},
                 {"bn":"","n":"%s","v":7.5},{"n":"stranger:%s","v":9}]""".formatted(now / 1000.0, METRIC, METRIC);
        try (var device = new TestingDevice(port(), GATEWAY).connect()) {
            device.publish(new DeviceTopic("gas", FACILITY, GATEWAY, DeviceTopic.SENML).toString(), pack);
        }
        awaitNumber(CHILD, METRIC, 4.5);
        awaitNumber(GATEWAY, METRIC, 7.5);
        awaitNumber(CHILD, PRESSURE, 2.65);
        assertThat(of(CHILD).filter(message -> message.getValuesCount() == 3))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.getEventTimeMillis()).isEqualTo(now);
                    assertThat(message.getBoot()).isEmpty();
                });
        assertThat(TestingCity.rejected(kafka())).anySatisfy(record -> {
            assertThat(record.getReason()).isEqualTo(RejectReason.FOREIGN_DEVICE.name());
            assertThat(record.getValueCount()).isEqualTo(1);
        });
    }

    @Test
    void senmlIsKnownByItsContentType() throws Exception {
        try (var device = new TestingDevice(port(), GATEWAY).connect()) {
            var properties = new MqttProperties();
            properties.setContentType("application/senml+json");
            var message = new MqttMessage(
                    "[{\"n\":\"%s\",\"v\":12.25}]".formatted(METRIC).getBytes(StandardCharsets.UTF_8),
                    1,
                    false,
                    properties);
            device.client.publish(TestingCity.telemetryTopic(GATEWAY), message).waitForCompletion(30_000);
        }
        awaitNumber(GATEWAY, METRIC, 12.25);
    }

    private static TestingEdge.Draft node(long bdSeq) {
        return TestingEdge.payload(System.currentTimeMillis(), 0)
                .bdSeq(bdSeq)
                .metric("Node Control/Rebirth", null, MetricDataType.Boolean, false, null);
    }

    private static TestingEdge.Draft device(int seq, int alias, double leak) {
        return TestingEdge.payload(System.currentTimeMillis(), seq)
                .metric(LEAK, alias, MetricDataType.Double, leak, "%LEL")
                .metric(VALVE, alias + 1, MetricDataType.Boolean, true, null);
    }

    private static TestingEdge.Draft data(int seq, long alias, double leak) {
        return TestingEdge.payload(System.currentTimeMillis(), seq).byAlias(alias, MetricDataType.Double, leak);
    }

    private long offline() {
        return Stream.of(FIRST, SECOND)
                .flatMap(this::of)
                .flatMap(message -> message.getValuesList().stream())
                .filter(value -> value.getQuality() == Quality.OFFLINE)
                .count();
    }

    @Test
    void anEdgeNodeIsBornSpeaksIsAskedForARebirthAndDies() throws Exception {
        try (var edge = new TestingEdgeNode(port(), "G1", EDGE, 7)) {
            edge.say("NBIRTH", "", node(7));
            edge.say("DBIRTH", "Tank1", device(1, 10, 1.5));
            edge.say("DBIRTH", SECOND, device(2, 20, 2.5));
            edge.say("DDATA", "Tank1", data(3, 10, 3.5));
            awaitNumber(FIRST, METRIC, 1.5);
            awaitNumber(FIRST, METRIC, 3.5);
            awaitNumber(SECOND, METRIC, 2.5);
            awaitNumber(SECOND, STATE, 1);
            assertThat(edge.commands).isEmpty();

            // Five messages are missing: what came is taken, and the node is asked what it has to say.
            edge.say("DDATA", SECOND, data(9, 20, 4.5));
            awaitNumber(SECOND, METRIC, 4.5);
            var command = edge.commands.poll(60, TimeUnit.SECONDS);
            assertThat(command).isNotNull();
            assertThat(command.getMetricsList()).singleElement().satisfies(metric -> {
                assertThat(metric.getName()).isEqualTo("Node Control/Rebirth");
                assertThat(metric.getBooleanValue()).isTrue();
            });

            edge.say("DDATA", SECOND, data(10, 99, 5.5));
            patiently()
                    .untilAsserted(() -> assertThat(TestingCity.rejected(kafka()))
                            .anySatisfy(record -> {
                                assertThat(record.getReason()).isEqualTo(RejectReason.UNKNOWN_ALIAS.name());
                                assertThat(record.getDetail()).contains("alias 99");
                                assertThat(record.getValueCount()).isEqualTo(1);
                            }));

            // The rebirth, with other aliases.
            edge.say("NBIRTH", "", node(7));
            edge.say("DBIRTH", "Tank1", device(1, 30, 6.5));
            edge.say("DBIRTH", SECOND, device(2, 40, 7.5));
            edge.say("DDATA", "Tank1", data(3, 30, 8.5));
            awaitNumber(FIRST, METRIC, 8.5);
            assertThat(offline()).isZero();
            // Left open by the end of this block: the connection breaks, the last will speaks.
        }
        patiently()
                .untilAsserted(() -> assertThat(List.of(FIRST, SECOND))
                        .allSatisfy(device -> assertThat(List.of(METRIC, STATE))
                                .allSatisfy(metric -> assertThat(values(device, metric))
                                        .anySatisfy(value -> {
                                            assertThat(value.getQuality()).isEqualTo(Quality.OFFLINE);
                                            assertThat(value.hasNumber()).isFalse();
                                        }))));
        assertThat(offline()).isEqualTo(4);

        // It comes back, and goes with a goodbye: no death without a will.
        var back = new TestingEdgeNode(port(), "G1", EDGE, 8);
        back.say("NBIRTH", "", node(8));
        back.say("DBIRTH", "Tank1", device(1, 10, 10.5));
        awaitNumber(FIRST, METRIC, 10.5);
        back.leave();
        try (var again = new TestingEdgeNode(port(), "G1", EDGE, 9)) {
            again.say("NBIRTH", "", node(9));
            again.say("DBIRTH", "Tank1", device(1, 10, 11.5));
            awaitNumber(FIRST, METRIC, 11.5);
            assertThat(offline()).isEqualTo(4);
        }
    }
}
