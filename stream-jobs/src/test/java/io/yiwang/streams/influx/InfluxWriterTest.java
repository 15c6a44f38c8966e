package io.yiwang.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.streams.influx.TestingInflux.Answer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfluxWriterTest {
    private static final InfluxWriter.BackOff QUICK =
            new InfluxWriter.BackOff(Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofSeconds(20));
    private static final InfluxWriter.BackOff IMPATIENT =
            new InfluxWriter.BackOff(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(20));

    private final Counts counts = new Counts();

    @Test
    void aWriteOfAnOldServerGoesToItsPath() throws Exception {
        try (var influx = new TestingInflux(body -> Answer.STORED);
                var writer = writer(influx, QUICK)) {
            writer.write("m f=1 1\n", 1);
            assertThat(influx.requests()).containsExactly("db=city&rp=raw&precision=ns m f=1 1\n");
            assertThat(counts.toString()).isEqualTo("stored 1 refused 0 expired 0 retried 0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void anOutageIsWaitedOut(int status) throws Exception {
        var failures = new AtomicInteger(3);
        try (var influx = new TestingInflux(
                        body -> failures.getAndDecrement() > 0 ? new Answer(status, "busy") : Answer.STORED);
                var writer = writer(influx, QUICK)) {
            writer.write(lines(10), 10);
            assertThat(influx.stored()).hasSize(10);
            assertThat(counts.toString()).isEqualTo("stored 10 refused 0 expired 0 retried 3");
        }
    }

    @Test
    void anOutageLongerThanThePatienceThrows() throws Exception {
        try (var influx = new TestingInflux(body -> new Answer(503, "busy"));
                var writer = writer(influx, IMPATIENT)) {
            assertThatThrownBy(() -> writer.write(lines(1), 1))
                    .isInstanceOf(InfluxFailure.class)
                    .hasMessageContaining("takes no writes");
            assertThat(counts.stored).isZero();
        }
    }

    @Test
    void aServerThatIsNotThereThrowsAfterThePatience() throws Exception {
        var url = "";
        try (var influx = new TestingInflux(body -> Answer.STORED)) {
            url = influx.url();
        }
        try (var writer = new InfluxWriter(new InfluxSettings(url, "", "city", false), "raw", IMPATIENT, counts)) {
            assertThatThrownBy(() -> writer.write(lines(1), 1)).isInstanceOf(InfluxFailure.class);
            assertThat(counts.retried).isPositive();
        }
    }

    @Test
    void aWriterThatMayNotWriteSaysSoAtOnce() throws Exception {
        try (var influx = new TestingInflux(body -> new Answer(401, "authorization failed"));
                var writer = writer(influx, QUICK)) {
            assertThatThrownBy(() -> writer.write(lines(1), 1)).hasMessageContaining("check the token");
            assertThat(influx.requests()).hasSize(1);
        }
    }

    @Test
    void aMissingBucketIsNamed() throws Exception {
        try (var influx = new TestingInflux(body -> new Answer(404, "database not found"));
                var writer = writer(influx, QUICK)) {
            assertThatThrownBy(() -> writer.write(lines(1), 1)).hasMessageContaining("no bucket 'city/raw'");
        }
    }

    @Test
    void aBatchThatIsTooLargeIsHalved() throws Exception {
        try (var influx = new TestingInflux(
                        body -> body.lines().count() > 3 ? new Answer(413, "too large") : Answer.STORED);
                var writer = writer(influx, QUICK)) {
            writer.write(lines(10), 10);
            assertThat(influx.stored())
                    .containsExactlyElementsOf(lines(10).lines().toList());
            assertThat(counts.toString()).isEqualTo("stored 10 refused 0 expired 0 retried 0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void badLinesAreFoundAndTheOthersStored(int status) throws Exception {
        // Like the real one: the count that it names cannot be relied on.
        Function<String, Answer> server = body -> body.contains(" f=3 ") || body.contains(" f=4 ")
                ? new Answer(status, "partial write: field type conflict dropped=0")
                : Answer.STORED;
        try (var influx = new TestingInflux(server);
                var writer = writer(influx, QUICK)) {
            writer.write(lines(10), 10);
            assertThat(influx.stored()).hasSize(8).doesNotContain("m f=3 3", "m f=4 4");
            assertThat(counts.toString()).isEqualTo("stored 8 refused 2 expired 0 retried 0");
        }
    }

    @Test
    void linesBeyondTheRetentionAreCountedWithoutSearch() throws Exception {
        Function<String, Answer> server = body -> new Answer(
                400,
                "partial write: points beyond retention policy dropped="
                        + body.lines().count());
        try (var influx = new TestingInflux(server);
                var writer = writer(influx, QUICK)) {
            writer.write(lines(10), 10);
            assertThat(influx.requests()).hasSize(1);
            assertThat(counts.toString()).isEqualTo("stored 0 refused 0 expired 10 retried 0");
        }
    }

    @Test
    void someLinesBeyondTheRetentionDoNotHideTheOthers() throws Exception {
        Function<String, Answer> server = body -> body.contains(" f=1 ")
                ? new Answer(400, "partial write: points beyond retention policy dropped=1")
                : Answer.STORED;
        try (var influx = new TestingInflux(server);
                var writer = writer(influx, QUICK)) {
            writer.write(lines(10), 10);
            assertThat(counts.toString()).isEqualTo("stored 9 refused 0 expired 1 retried 0");
        }
    }

    private InfluxWriter writer(TestingInflux influx, InfluxWriter.BackOff backOff) {
        return new InfluxWriter(new InfluxSettings(influx.url(), "", "city", false), "raw", backOff, counts);
    }

    private static String lines(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "m f=" + i + " " + i + "\n")
                .collect(Collectors.joining());
    }

    private static final class Counts implements InfluxWriter.Tally {
        private int stored;
        private int refused;
        private int expired;
        private int retried;

        @Override
        public void stored(int lines) {
            stored += lines;
        }

        @Override
        public void refused(int lines) {
            refused += lines;
        }

        @Override
        public void expired(int lines) {
            expired += lines;
        }

        @Override
        public void retried() {
            retried++;
        }

        @Override
        public String toString() {
            return "stored " + stored + " refused " + refused + " expired " + expired + " retried " + retried;
        }
    }
}
