package io.yiwang.ingest.loss;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How these tests wait: for long, and without listening to the stumbling threads of whatever test runs beside them. */
final class Patience {
    static final Duration LONG = Duration.ofSeconds(90);

    private Patience() {}

    static ConditionFactory patiently(String what) {
        return Awaitility.await(what).dontCatchUncaughtExceptions().atMost(LONG);
    }
}
