package io.yiwang.ingest.loss;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Mostly waits, so it runs beside the other tests. */
@Execution(ExecutionMode.CONCURRENT)
class KafkaAwayForTenMinutesIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void nothingIsLostAndNobodyIsSentAway() throws Exception {
        new KafkaOutage(folder, Duration.ofMinutes(10), KafkaOutage.Kind.STOPPED).survive("long", 250);
    }
}
