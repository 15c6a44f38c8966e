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
class KafkaAwayForAMinuteIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void frozen() throws Exception {
        new KafkaOutage(folder, Duration.ofSeconds(60), KafkaOutage.Kind.FROZEN).survive("frozen", 100);
    }

    @Test
    void stoppedAndStartedAgain() throws Exception {
        new KafkaOutage(folder, Duration.ofSeconds(60), KafkaOutage.Kind.STOPPED).survive("stopped", 100);
    }
}
