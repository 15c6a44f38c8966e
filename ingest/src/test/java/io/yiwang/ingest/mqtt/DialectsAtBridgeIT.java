package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.clock.CityClock;
import io.yiwang.servers.KafkaServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The dialects by way of a mosquitto, with the filters that a bridge has by itself. */
class DialectsAtBridgeIT extends DialectsSuite {
    @TempDir
    private static Path folder;

    private static KafkaServer kafka;
    private static TestingMosquitto mosquitto;
    private static Ingest ingest;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        mosquitto = TestingMosquitto.start(folder.resolve("mosquitto"));
        TestingCity.publish(kafka.bootstrap(), facility());
        ingest = Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        folder.resolve("ingest"),
                        0,
                        null,
                        BridgeSettings.of("tcp://127.0.0.1:" + mosquitto.port(), null, null, null, List.of(), null),
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
        patiently().until(() -> knowsAll(ingest) && ingest.isBridgeConnected());
    }

    @AfterAll
    static void stop() throws Exception {
        if (ingest != null) {
            ingest.close();
        }
        if (mosquitto != null) {
            mosquitto.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Override
    int port() {
        return mosquitto.port();
    }

    @Override
    String kafka() {
        return kafka.bootstrap();
    }
}
