package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.model.RejectReason;
import io.yiwang.model.clock.CityClock;
import java.nio.file.Path;
import java.time.Duration;

class ContractAtBridgeIT extends DoorContract {
    private TestingMosquitto mosquitto;

    @Override
    Ingest open(String bootstrap, Path folder) throws Exception {
        mosquitto = TestingMosquitto.start(folder.resolve("mosquitto"));
        var started = Ingest.start(
                new IngestSettings(
                        bootstrap,
                        folder.resolve("ingest"),
                        0,
                        null,
                        new BridgeSettings(
                                "mqtt://127.0.0.1:" + mosquitto.port(),
                                "bridge-under-contract",
                                null,
                                null,
                                BridgeSettings.DEVICE_FILTERS,
                                null,
                                100,
                                Duration.ofHours(1),
                                Duration.ofSeconds(20),
                                Duration.ofMillis(200),
                                Duration.ofSeconds(1),
                                null),
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
        patiently().until(started::isBridgeConnected);
        return started;
    }

    @Override
    int port() {
        return mosquitto.port();
    }

    @Override
    void close() throws Exception {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    @Override
    long strangersTurnedAway() {
        return ingest.meter().rejectedMessages(RejectReason.UNKNOWN_DEVICE);
    }

    @Override
    long tooLarge() {
        return ingest.meter().rejectedMessages(RejectReason.TOO_LARGE);
    }
}
