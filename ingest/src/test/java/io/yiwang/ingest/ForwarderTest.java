package io.yiwang.ingest;

import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.METRIC;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.JsonDecoder;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForwarderTest {
    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final TestingLog log = new TestingLog();
    private final IngestMeter meter = new IngestMeter(new SimpleMeterRegistry());
    private final Forwarder forwarder =
            new Forwarder(catalogue, new JsonDecoder(), Validation.standard(), log, knock -> {}, meter);
    private final List<String> answers = new ArrayList<>();

    @BeforeEach
    void aCity() {
        catalogue.put(TestingCity.FACILITY, TestingCity.facility(GOOD));
    }

    private Inbound inbound(String topic, String client, String payload) {
        var arrival =
                new Arrival(topic, null, client, payload.getBytes(StandardCharsets.UTF_8), System.currentTimeMillis());
        return new Inbound() {
            @Override
            public Arrival arrival() {
                return arrival;
            }

            @Override
            public void acknowledge() {
                answers.add("acknowledged");
            }

            @Override
            public void refuse(RejectReason reason) {
                answers.add("refused " + reason);
            }

            @Override
            public void reply(Reply reply) {
                answers.add("replied " + reply.topic());
            }

            @Override
            public void fail(Throwable cause) {
                answers.add("failed " + cause.getMessage());
            }
        };
    }

    @Test
    void nothingIsAcknowledgedBeforeItIsStored() {
        forwarder.fromDevice(inbound(telemetryTopic(GOOD), GOOD, json(1, 1)));
        assertThat(log.telemetry).hasSize(1);
        assertThat(answers).isEmpty();
        log.answer(null);
        assertThat(answers).containsExactly("acknowledged");
        assertThat(meter.storedMessages()).isEqualTo(1);
        assertThat(meter.acceptedValues()).isEqualTo(1);
    }

    @Test
    void bothRecordsOfAPartlyBadMessageAreStoredBeforeTheAcknowledgement() {
        forwarder.fromDevice(inbound(
                telemetryTopic(GOOD),
                GOOD,
                "{\"ts\":%d,\"values\":{\"%s\":1,\"nose\":2}}".formatted(System.currentTimeMillis(), METRIC)));
        assertThat(log.waiting()).isEqualTo(2);
        log.answer(null);
        assertThat(answers).isEmpty();
        log.answer(null);
        assertThat(answers).containsExactly("acknowledged");
        assertThat(meter.rejectedMessages(RejectReason.UNKNOWN_METRIC)).isEqualTo(1);
    }

    @Test
    void oneFailedRecordFailsTheMessageOnce() {
        forwarder.fromDevice(inbound(
                telemetryTopic(GOOD),
                GOOD,
                "{\"ts\":%d,\"values\":{\"%s\":1,\"nose\":2}}".formatted(System.currentTimeMillis(), METRIC)));
        log.answer(new IllegalStateException("full"));
        log.answer(null);
        assertThat(answers).containsExactly("failed full");
        assertThat(meter.failedMessages()).isEqualTo(1);
        assertThat(meter.storedMessages()).isZero();
    }

    @Test
    void aForeignTopicIsRefusedAfterThatIsKept() {
        forwarder.fromDevice(inbound(telemetryTopic("somebody-else"), GOOD, json(1, 1)));
        assertThat(log.telemetry).isEmpty();
        assertThat(log.rejected).extracting(Rejected::getReason).containsExactly("WRONG_TOPIC");
        assertThat(answers).isEmpty();
        log.answer(null);
        assertThat(answers).containsExactly("refused WRONG_TOPIC");
    }

    @Test
    void aBridgedMessageIsItsTopicsDevices() {
        forwarder.fromBroker(inbound(telemetryTopic(GOOD), "bridge", json(1, 1)));
        forwarder.fromBroker(inbound(telemetryTopic("nobody"), "bridge", json(1, 1)));
        forwarder.fromBroker(inbound("city/v1/water/x/" + GOOD + "/telemetry", "bridge", json(1, 1)));
        forwarder.fromBroker(inbound("something/else", "bridge", json(1, 1)));
        assertThat(log.telemetry).hasSize(1);
        assertThat(log.rejected)
                .extracting(Rejected::getReason)
                .containsExactly("UNKNOWN_DEVICE", "WRONG_TOPIC", "WRONG_TOPIC");
        assertThat(log.rejected).extracting(Rejected::getDevice).containsExactly("nobody", GOOD, "");
    }

    @Test
    void aDeviceThatLeftTheCatalogueIsUnknown() {
        catalogue.put(TestingCity.FACILITY, null);
        forwarder.fromDevice(inbound(telemetryTopic(GOOD), GOOD, json(1, 1)));
        assertThat(log.rejected).extracting(Rejected::getReason).containsExactly("UNKNOWN_DEVICE");
    }

    @Test
    void whatAnotherBrokerLetsThroughIsStillLimitedInSize() {
        forwarder.fromBroker(inbound(telemetryTopic(GOOD), "bridge", " ".repeat(65_537)));
        assertThat(log.rejected).extracting(Rejected::getReason).containsExactly("TOO_LARGE");
    }

    @Test
    void theMetersAddUp() {
        for (var payload : List.of(json(1, 1), json(2, -1), "{}", "x", json(3, 1))) {
            forwarder.fromDevice(inbound(telemetryTopic(GOOD), GOOD, payload));
        }
        while (log.waiting() > 0) {
            log.answer(null);
        }
        assertThat(meter.receivedMessages()).isEqualTo(5);
        assertThat(meter.storedMessages()).isEqualTo(5);
        assertThat(meter.acceptedValues()).isEqualTo(2);
        assertThat(meter.rejectedMessages()).isEqualTo(3);
        assertThat(meter.rejectedValues()).isEqualTo(1);
        assertThat(answers).hasSize(5).containsOnly("acknowledged");
    }
}
