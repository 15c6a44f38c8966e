package io.yiwang.ingest;

import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.ingest.decode.sparkplug.SparkplugTopic;
import io.yiwang.ingest.onboard.Knock;
import io.yiwang.ingest.onboard.Newcomers;
import io.yiwang.ingest.validate.Addressee;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The way of a message, the same for every door: decode, validate, store, and acknowledge last. */
public final class Forwarder {
    /** Our own broker refuses more by itself; another one may not. */
    public static final int MAX_PAYLOAD_BYTES = 64 << 10;

    private final Catalogue catalogue;
    private final Decoder decoder;
    private final Validation validation;
    private final TelemetryLog log;
    private final Newcomers newcomers;
    private final IngestMeter meter;

    public Forwarder(
            Catalogue catalogue,
            Decoder decoder,
            Validation validation,
            TelemetryLog log,
            Newcomers newcomers,
            IngestMeter meter) {
        this.catalogue = catalogue;
        this.decoder = decoder;
        this.validation = validation;
        this.log = log;
        this.newcomers = newcomers;
        this.meter = meter;
    }

    /** Forwards a message whose sender a door has authenticated as the device {@code arrival().client()}. */
    public void fromDevice(Inbound inbound) {
        var arrival = inbound.arrival();
        var speaker = catalogue.device(arrival.client());
        if (speaker == null) {
            refuse(
                    inbound,
                    arrival.client(),
                    RejectReason.UNKNOWN_DEVICE,
                    arrival.client() + " is not in the catalogue");
        } else if (arrival.topic().equals(speaker.telemetryTopic())) {
            forward(inbound, speaker, speaker);
        } else {
            sort(inbound, speaker, arrival.topic());
        }
    }

    /** Forwards a message from a broker that has authenticated the sender already: the topic says who it is. */
    public void fromBroker(Inbound inbound) {
        var arrival = inbound.arrival();
        var name = senderOf(arrival.topic());
        var speaker = name == null ? null : catalogue.deviceCalled(name);
        if (name == null) {
            refuse(inbound, "", RejectReason.WRONG_TOPIC, "not a device's topic");
        } else if (speaker == null) {
            newcomers.knocked(new Knock(
                    name, Knock.BRIDGE, "", null, "", arrival.topic(), arrival.payload(), arrival.receivedMillis()));
            refuse(inbound, name, RejectReason.UNKNOWN_DEVICE, name + " is not in the catalogue");
        } else if (arrival.topic().equals(speaker.telemetryTopic())) {
            // Nearly always: the topic need not be taken apart again.
            forward(inbound, speaker, speaker);
        } else {
            sort(inbound, speaker, arrival.topic());
        }
    }

    /** Tells of somebody whom a door has turned away before a message could come. */
    public void turnedAway(Knock knock) {
        newcomers.knocked(knock);
    }

    /** Who speaks on a topic; null when it is nobody's. */
    private static @Nullable String senderOf(String topic) {
        return SparkplugTopic.parse(topic)
                .map(SparkplugTopic::edge)
                .or(() -> DeviceTopic.parse(topic).map(DeviceTopic::device))
                .orElse(null);
    }

    /** Decides by the topic whose message it is and of what kind. */
    private void sort(Inbound inbound, CataloguedDevice speaker, String topic) {
        var sparkplug = SparkplugTopic.parse(topic);
        if (sparkplug.isPresent()) {
            if (speaker.equals(catalogue.deviceCalled(sparkplug.get().edge()))) {
                forward(inbound, speaker, speaker);
            } else {
                refuse(inbound, speaker.id(), RejectReason.WRONG_TOPIC, speaker.id() + " is not this edge node");
            }
            return;
        }
        var parts = DeviceTopic.parse(topic).orElse(null);
        var device = parts == null ? null : catalogue.device(parts.device());
        if (parts == null || device == null || !device.owns(parts) || !device.isSpokenForBy(speaker)) {
            refuse(
                    inbound,
                    speaker.id(),
                    RejectReason.WRONG_TOPIC,
                    speaker.id() + " may publish to " + speaker.telemetryTopic() + ", not to " + topic);
            return;
        }
        switch (parts.channel()) {
            case DeviceTopic.TELEMETRY, DeviceTopic.SENML, DeviceTopic.HJ212 -> forward(inbound, speaker, device);
            case DeviceTopic.STATUS -> {
                meter.status();
                inbound.acknowledge();
            }
            default ->
                refuse(inbound, speaker.id(), RejectReason.WRONG_TOPIC, "no channel is called " + parts.channel());
        }
    }

    /**
     * @param speaker who sent it
     * @param device whose values they are where the payload does not say
     */
    private void forward(Inbound inbound, CataloguedDevice speaker, CataloguedDevice device) {
        var arrival = inbound.arrival();
        if (arrival.payload().length > MAX_PAYLOAD_BYTES) {
            refuse(
                    inbound,
                    device.id(),
                    RejectReason.TOO_LARGE,
                    arrival.payload().length + " bytes; at most " + MAX_PAYLOAD_BYTES);
            return;
        }
        meter.received(arrival);
        var decoded = decoder.decode(arrival);
        var judged = validation.judge(arrival, device, decoded, name -> {
            var named = catalogue.deviceCalled(name);
            return new Addressee(named, named != null && named.isSpokenForBy(speaker));
        });
        if (decoded instanceof Decoded.Messages messages) {
            messages.replies().forEach(inbound::reply);
        }
        store(inbound, log.withoutRefused(judged, arrival), null);
    }

    private void refuse(Inbound inbound, String device, RejectReason reason, String detail) {
        meter.received(inbound.arrival());
        store(inbound, validation.refuse(inbound.arrival(), device, reason, detail), reason);
    }

    private void store(Inbound inbound, Judged judged, @Nullable RejectReason refusal) {
        int records = judged.accepted().size() + judged.rejected().size();
        var pending = new Pending(inbound, IngestMeter.Verdict.of(judged), refusal, records, meter);
        if (records == 0) {
            // It only said something about its sender.
            pending.settle();
            return;
        }
        for (var telemetry : judged.accepted()) {
            log.append(telemetry, pending);
        }
        for (var rejected : judged.rejected()) {
            log.append(rejected, pending);
        }
    }

    /** Waits until every record of a message is stored or one has failed for good. Keeps no more of it than must be counted then. */
    private static final class Pending implements TelemetryLog.Appended {
        private static final AtomicIntegerFieldUpdater<Pending> MISSING =
                AtomicIntegerFieldUpdater.newUpdater(Pending.class, "missing");

        private final Inbound inbound;
        private final IngestMeter.Verdict verdict;
        private final @Nullable RejectReason refusal;
        private final IngestMeter meter;
        private final long sinceNanos = System.nanoTime();
        private volatile int missing;
        private volatile @Nullable Throwable failure;

        Pending(
                Inbound inbound,
                IngestMeter.Verdict verdict,
                @Nullable RejectReason refusal,
                int records,
                IngestMeter meter) {
            this.inbound = inbound;
            this.verdict = verdict;
            this.refusal = refusal;
            this.missing = records;
            this.meter = meter;
        }

        @Override
        public void onAppended(@Nullable Throwable cause) {
            if (cause != null) {
                failure = cause;
            }
            if (MISSING.decrementAndGet(this) == 0) {
                settle();
            }
        }

        private void settle() {
            var failed = failure;
            if (failed != null) {
                meter.failed();
                inbound.fail(failed);
                return;
            }
            meter.stored(verdict, System.nanoTime() - sinceNanos);
            if (refusal == null) {
                inbound.acknowledge();
            } else {
                inbound.refuse(refusal);
            }
        }
    }
}
