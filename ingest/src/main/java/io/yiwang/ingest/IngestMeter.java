package io.yiwang.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.model.RejectReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What ingest counts. Messages: {@code received = stored + failed + those on their way}. Values: {@code accepted + rejected} of stored
 * messages; a message that could not be understood holds no counted values but is in {@link #rejectedMessages}.
 */
public final class IngestMeter {
    /** Why something was turned away before it was a message. */
    public enum Refusal {
        CREDENTIAL,
        TOO_LARGE,
        SUBSCRIBE,
        WILL,
        QOS,
        BUSY
    }

    private final MeterRegistry registry;
    private final Counter received;
    private final Counter stored;
    private final Counter failed;
    private final Counter status;
    private final Counter acceptedMessages;
    private final Counter acceptedValues;
    private final Counter rejectedValues;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
    private final Timer latency;

    public IngestMeter(MeterRegistry registry) {
        this.registry = registry;
        received = registry.counter("yiwang.ingest.messages.received");
        stored = registry.counter("yiwang.ingest.messages.stored");
        failed = registry.counter("yiwang.ingest.messages.failed");
        status = registry.counter("yiwang.ingest.status.messages");
        acceptedMessages = registry.counter("yiwang.ingest.messages.accepted");
        acceptedValues = registry.counter("yiwang.ingest.values.accepted");
        rejectedValues = registry.counter("yiwang.ingest.values.rejected");
        for (var reason : RejectReason.values()) {
            rejected.put(reason, registry.counter("yiwang.ingest.rejected", "reason", reason.name()));
        }
        for (var refusal : Refusal.values()) {
            refused.put(
                    refusal,
                    registry.counter(
                            "yiwang.ingest.refused", "why", refusal.name().toLowerCase(Locale.ROOT)));
        }
        latency = Timer.builder("yiwang.ingest.publish.to.kafka")
                .description("from a message's arrival to Kafka's acknowledgement of its last record")
                .serviceLevelObjectives(
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5))
                .register(registry);
    }

    /** Shows {@code value} under {@code yiwang.ingest.<name>}. */
    public void gauge(String name, Supplier<Number> value) {
        Gauge.builder("yiwang.ingest." + name, value).strongReference(true).register(registry);
    }

    public void received() {
        received.increment();
    }

    public void status() {
        status.increment();
    }

    public void failed() {
        failed.increment();
    }

    public void refused(Refusal why) {
        refused.get(why).increment();
    }

    public void stored(Judged judged, long nanos) {
        stored.increment();
        acceptedMessages.increment(judged.accepted().size());
        acceptedValues.increment(judged.good());
        for (var record : judged.rejected()) {
            rejected.get(RejectReason.valueOf(record.getReason())).increment();
            rejectedValues.increment(record.getValueCount());
        }
        latency.record(nanos, TimeUnit.NANOSECONDS);
    }

    public long receivedMessages() {
        return (long) received.count();
    }

    public long storedMessages() {
        return (long) stored.count();
    }

    public long failedMessages() {
        return (long) failed.count();
    }

    /** Records in {@code telemetry.rejected}. */
    public long rejectedMessages() {
        return rejected.values().stream()
                .mapToLong(counter -> (long) counter.count())
                .sum();
    }

    public long rejectedMessages(RejectReason reason) {
        return (long) rejected.get(reason).count();
    }

    /** Records in {@code telemetry}; an array of messages makes several. */
    public long acceptedMessages() {
        return (long) acceptedMessages.count();
    }

    public long acceptedValues() {
        return (long) acceptedValues.count();
    }

    public long rejectedValues() {
        return (long) rejectedValues.count();
    }

    public long refusals(Refusal why) {
        return (long) refused.get(why).count();
    }
}
