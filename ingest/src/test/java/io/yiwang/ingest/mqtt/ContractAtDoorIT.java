package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.model.clock.CityClock;
import java.nio.file.Path;

class ContractAtDoorIT extends DoorContract {
    @Override
    Ingest open(String bootstrap, Path folder) throws Exception {
        return Ingest.start(
                new IngestSettings(
                        bootstrap,
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
    }

    @Override
    int port() {
        return ingest.mqttPort();
    }

    @Override
    void close() {}

    @Override
    long strangersTurnedAway() {
        return ingest.meter().refusals(Refusal.CREDENTIAL);
    }

    @Override
    long tooLarge() {
        return ingest.meter().refusals(Refusal.TOO_LARGE);
    }
}
