package io.yiwang.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.decode.Dialect;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.ingest.validate.Sequences;
import io.yiwang.model.RejectReason;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What ingest counts, and with it the proof that nothing vanishes: each message that a door reads ends as exactly one of
 *
 * <ol>
 *   <li>refused at the door, {@code refused{why=qos|too_large}}: it never was a message, and its sender was told;
 *   <li>a {@code status.messages}, which carries no telemetry;
 *   <li>received, and then
 *       <ul>
 *         <li>stored, {@code messages.stored{end}}: every record that it led to is in Kafka. {@code end} is {@code accepted} (all of it goes on),
 *             {@code partly} (some goes on, some is rejected with a reason), {@code rejected} (nothing goes on) or {@code empty} (it held no
 *             value, like a Sparkplug birth);
 *         <li>failed, {@code messages.failed}: it was not acknowledged, so its sender has it still and sends it again;
 *         <li>or in flight.
 *       </ul>
 * </ol>
 *
 * <p>Whenever nobody is in the middle of a call:
 *
 * <pre>
 * messages.received (all dialects) = messages.stored (all ends) + messages.failed + messages.in.flight
 * values.understood                = values.accepted + values.rejected                        (of stored messages)
 * messages.stored{end=partly|rejected} &lt;= rejected (all reasons)                               (each has a reason at least)
 * rejected (all reasons)           = records that stored messages left in telemetry.rejected
 * messages.accepted                = records that stored messages left in telemetry
 * </pre>
 *
 * <p>The topics can hold more than that: what a message that failed halfway had already written, and writes again when it comes again.
 * Readers know such a record by its identity. A message that could not be understood holds no counted values but is in {@code rejected}. {@code docs/metrics.md} lists all of it
 * for operators. Cheap: a message costs some striped additions and one small object.
 */
public final class IngestMeter {
    /** Why something was turned away before it was a message. */
    public enum Refusal {
        CREDENTIAL,
        /** Its certificate is genuine and says somebody else, or is no longer good. */
        CERTIFICATE,
        /** The handshake failed: no TLS, too old a version, or a certificate of an authority that is not ours. */
        TLS,
        /** No MQTT, or MQTT as it must not be. */
        PROTOCOL,
        RETAIN,
        TOO_LARGE,
        SUBSCRIBE,
        WILL,
        QOS,
        BUSY,
        /** A network connection beyond the limits. */
        CONNECTION
    }

    /** By name, as records carry them. */
    private static final Map<String, RejectReason> REASONS =
            Arrays.stream(RejectReason.values()).collect(Collectors.toUnmodifiableMap(Enum::name, reason -> reason));

    /** What a stored message came to. */
    public enum End {
        ACCEPTED,
        PARTLY,
        REJECTED,
        EMPTY
    }

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Map<Dialect, Counter> received = new EnumMap<>(Dialect.class);
    private final Map<End, Counter> stored = new EnumMap<>(End.class);
    private final Counter failed;
    private final LongAdder inFlight = new LongAdder();
    private final Counter status;
    private final Counter acceptedMessages;
    private final Counter understoodValues;
    private final Counter acceptedValues;
    private final Counter rejectedValues;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
    private final Map<String, Supplier<Number>> gauges = new ConcurrentHashMap<>();
    private final Timer latency;
    private final Timer lag;
    private final Counter gaps;
    private final Counter repeats;
    private final Counter backwards;
    private final Sequences sequences;
    private final Counter throttled;
    private final Counter reconnects;
    private final Counter takeovers;

    public IngestMeter(MeterRegistry registry) {
        this(registry, InstantSource.system(), device -> true);
    }

    /**
     * @param clock the city's, for the age of readings
     * @param known whether the ledger has a device of that id
     */
    public IngestMeter(MeterRegistry registry, InstantSource clock, Predicate<String> known) {
        this.registry = registry;
        this.clock = clock;
        for (var dialect : Dialect.values()) {
            received.put(dialect, registry.counter("yiwang.ingest.messages.received", "dialect", word(dialect)));
        }
        for (var end : End.values()) {
            stored.put(end, registry.counter("yiwang.ingest.messages.stored", "end", word(end)));
        }
        failed = registry.counter("yiwang.ingest.messages.failed");
        status = registry.counter("yiwang.ingest.status.messages");
        acceptedMessages = registry.counter("yiwang.ingest.messages.accepted");
        understoodValues = registry.counter("yiwang.ingest.values.understood");
        acceptedValues = registry.counter("yiwang.ingest.values.accepted");
        rejectedValues = registry.counter("yiwang.ingest.values.rejected");
        throttled = registry.counter("yiwang.ingest.throttled");
        reconnects = registry.counter("yiwang.ingest.reconnects");
        takeovers = registry.counter("yiwang.ingest.takeovers");
        for (var reason : RejectReason.values()) {
            rejected.put(reason, registry.counter("yiwang.ingest.rejected", "reason", reason.name()));
        }
        for (var refusal : Refusal.values()) {
            refused.put(refusal, registry.counter("yiwang.ingest.refused", "why", word(refusal)));
        }
        latency = Timer.builder("yiwang.ingest.publish.to.kafka")
                .description("from a message's arrival to Kafka's acknowledgement of its last record")
                .serviceLevelObjectives(millis(2, 5, 10, 25, 50, 100, 500, 1_000, 5_000))
                .register(registry);
        lag = Timer.builder("yiwang.ingest.lag")
                .description(
                        "from a reading's time by its device's clock to Kafka's acknowledgement; of an array its newest reading")
                .serviceLevelObjectives(millis(
                        10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000))
                .register(registry);
        gaps = registry.counter("yiwang.ingest.sequence", "kind", "gap");
        repeats = registry.counter("yiwang.ingest.sequence", "kind", "repeat");
        backwards = registry.counter("yiwang.ingest.sequence", "kind", "backwards");
        sequences = new Sequences(known, new Sequences.Notices() {
            @Override
            public void repeat() {
                repeats.increment();
            }

            @Override
            public void backwards() {
                backwards.increment();
            }

            @Override
            public void gap(long count) {
                gaps.increment(count);
            }
        });
        gauge("messages.in.flight", inFlight::sum);
        gauge("sequence.missing", () -> sequences.missing(clock.millis()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Duration[] millis(long... millis) {
        var durations = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) {
            durations[i] = Duration.ofMillis(millis[i]);
        }
        return durations;
    }

    /** Shows {@code value} under {@code yiwang.ingest.<name>}. */
    public void gauge(String name, Supplier<Number> value) {
        gauges.put(name, value);
        Gauge.builder("yiwang.ingest." + name, value).strongReference(true).register(registry);
    }

    /** What all gauges show now, by name. */
    public Map<String, Number> gauges() {
        var values = new TreeMap<String, Number>();
        gauges.forEach((name, value) -> values.put(name, value.get()));
        return values;
    }

    /** A door hands on a message that it has read. */
    public void received(Arrival arrival) {
        inFlight.increment();
        received.get(Decoders.dialect(arrival.topic(), arrival.contentType())).increment();
    }

    public void status() {
        status.increment();
    }

    public void failed() {
        inFlight.decrement();
        failed.increment();
    }

    public void refused(Refusal why) {
        refused.get(why).increment();
    }

    /** A client was faster than it may and is not read for a while. */
    public void throttled() {
        throttled.increment();
    }

    /** A device connected that had been connected before. */
    public void reconnected() {
        reconnects.increment();
    }

    /** A device connected while it was connected. */
    public void takenOver() {
        takeovers.increment();
    }

    public long throttles() {
        return (long) throttled.count();
    }

    public long reconnects() {
        return (long) reconnects.count();
    }

    public long takeovers() {
        return (long) takeovers.count();
    }

    /**
     * What is counted of a judged payload once it is stored. Until then many wait, so it holds no more than that.
     *
     * @param accepted how many messages go on
     * @param values how many values were understood, {@code good} of them go on
     * @param newestMillis time of the newest reading; {@code Long.MIN_VALUE} when there is none of an instant
     * @param rejected of each rejected record
     * @param counted messages with a counter
     */
    public record Verdict(
            int accepted,
            int values,
            int good,
            long newestMillis,
            List<RejectedRecord> rejected,
            List<Sequences.Counted> counted) {
        /** @param values how many values are lost with it */
        public record RejectedRecord(RejectReason reason, int values) {}

        public static Verdict of(Judged judged) {
            return new Verdict(
                    judged.accepted().size(),
                    judged.values(),
                    judged.good(),
                    newestReading(judged.accepted()),
                    judged.rejected().isEmpty() ? List.of() : rejected(judged.rejected()),
                    Sequences.counted(judged));
        }

        private static List<RejectedRecord> rejected(List<Rejected> records) {
            return records.stream()
                    .map(record -> new RejectedRecord(REASONS.get(record.getReason()), record.getValueCount()))
                    .toList();
        }

        /** What is said of intervals is history from the start. */
        private static long newestReading(List<Telemetry> accepted) {
            long newest = Long.MIN_VALUE;
            for (int i = 0; i < accepted.size(); i++) {
                var message = accepted.get(i);
                if (message.getIntervalSeconds() == 0) {
                    newest = Math.max(newest, message.getEventTimeMillis());
                }
            }
            return newest;
        }

        private End end() {
            return rejected.isEmpty()
                    ? accepted == 0 ? End.EMPTY : End.ACCEPTED
                    : accepted == 0 ? End.REJECTED : End.PARTLY;
        }
    }

    /** @param nanos since it arrived */
    public void stored(Verdict verdict, long nanos) {
        inFlight.decrement();
        stored.get(verdict.end()).increment();
        acceptedMessages.increment(verdict.accepted());
        understoodValues.increment(verdict.values());
        acceptedValues.increment(verdict.good());
        for (var record : verdict.rejected()) {
            rejected.get(record.reason()).increment();
            rejectedValues.increment(record.values());
        }
        latency.record(nanos, TimeUnit.NANOSECONDS);
        if (verdict.newestMillis() != Long.MIN_VALUE) {
            // A device's clock may be ahead of ours.
            lag.record(Math.max(0, clock.millis() - verdict.newestMillis()), TimeUnit.MILLISECONDS);
        }
        sequences.on(verdict.counted());
    }

    /** The device has left the ledger. */
    public void forget(String device) {
        sequences.forget(device);
    }

    public long receivedMessages() {
        return sum(received);
    }

    public long receivedMessages(Dialect dialect) {
        return (long) received.get(dialect).count();
    }

    public long storedMessages() {
        return sum(stored);
    }

    public long storedMessages(End end) {
        return (long) stored.get(end).count();
    }

    public long failedMessages() {
        return (long) failed.count();
    }

    /** Received, and neither stored nor failed yet. */
    public long messagesInFlight() {
        return inFlight.sum();
    }

    /** Records in {@code telemetry.rejected}. */
    public long rejectedMessages() {
        return sum(rejected);
    }

    public long rejectedMessages(RejectReason reason) {
        return (long) rejected.get(reason).count();
    }

    /** Records in {@code telemetry}; an array of messages makes several. */
    public long acceptedMessages() {
        return (long) acceptedMessages.count();
    }

    public long understoodValues() {
        return (long) understoodValues.count();
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

    /** Payloads whose lag was measured, and the sum of their lags, ms. */
    public long lagCount() {
        return lag.count();
    }

    public long lagTotalMillis() {
        return (long) lag.totalTime(TimeUnit.MILLISECONDS);
    }

    public long sequenceGaps() {
        return (long) gaps.count();
    }

    public long sequenceRepeats() {
        return (long) repeats.count();
    }

    public long sequenceBackwards() {
        return (long) backwards.count();
    }

    private static long sum(Map<?, Counter> counters) {
        double sum = 0;
        for (var counter : counters.values()) {
            sum += counter.count();
        }
        return (long) sum;
    }
}
