package io.yiwang.ingest;

import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The way of a message, the same for every door: decode, validate, store, and acknowledge last. */
public final class Forwarder {
    /** Our own broker refuses more by itself; another one may not. */
    public static final int MAX_PAYLOAD_BYTES = 64 << 10;

    private final Catalogue catalogue;
    private final Decoder decoder;
    private final Validation validation;
    private final TelemetryLog log;
    private final IngestMeter meter;

    public Forwarder(Catalogue catalogue, Decoder decoder, Validation validation, TelemetryLog log, IngestMeter meter) {
        this.catalogue = catalogue;
        this.decoder = decoder;
        this.validation = validation;
        this.log = log;
        this.meter = meter;
    }

    /** Forwards a message whose sender a door has authenticated as the device {@code arrival().client()}. */
    public void fromDevice(Inbound inbound) {
        var arrival = inbound.arrival();
        var device = catalogue.device(arrival.client());
        if (device == null) {
            refuse(
                    inbound,
                    arrival.client(),
                    RejectReason.UNKNOWN_DEVICE,
                    arrival.client() + " is not in the catalogue");
        } else {
            forward(inbound, device);
        }
    }

    /** Forwards a message from a broker that has authenticated the device already: the topic says which it is. */
    public void fromBroker(Inbound inbound) {
        var arrival = inbound.arrival();
        var topic = DeviceTopic.parse(arrival.topic());
        var device = topic.map(DeviceTopic::device).map(catalogue::device).orElse(null);
        if (topic.isEmpty()) {
            refuse(inbound, "", RejectReason.WRONG_TOPIC, "not a device's topic");
        } else if (device == null) {
            var id = topic.get().device();
            refuse(inbound, id, RejectReason.UNKNOWN_DEVICE, id + " is not in the catalogue");
        } else {
            forward(inbound, device);
        }
    }

    private void forward(Inbound inbound, CataloguedDevice device) {
        var arrival = inbound.arrival();
        if (arrival.payload().length > MAX_PAYLOAD_BYTES) {
            refuse(
                    inbound,
                    device.id(),
                    RejectReason.TOO_LARGE,
                    arrival.payload().length + " bytes; at most " + MAX_PAYLOAD_BYTES);
        } else if (arrival.topic().equals(device.telemetryTopic())) {
            meter.received();
            store(inbound, validation.judge(arrival, device, decoder.decode(arrival.payload())), null);
        } else if (arrival.topic().equals(device.statusTopic())) {
            meter.status();
            inbound.acknowledge();
        } else {
            refuse(
                    inbound,
                    device.id(),
                    RejectReason.WRONG_TOPIC,
                    device.id() + " may publish to " + device.telemetryTopic() + ", not to " + arrival.topic());
        }
    }

    private void refuse(Inbound inbound, String device, RejectReason reason, String detail) {
        meter.received();
        store(inbound, validation.refuse(inbound.arrival(), device, reason, detail), reason);
    }

    private void store(Inbound inbound, Judged judged, @Nullable RejectReason refusal) {
        int records = judged.accepted().size() + judged.rejected().size();
        var pending = new Pending(inbound, judged, refusal, records, meter);
        for (var telemetry : judged.accepted()) {
            log.append(telemetry, pending);
        }
        for (var rejected : judged.rejected()) {
            log.append(rejected, pending);
        }
    }

    /** Waits until every record of a message is stored or one has failed for good. */
    private static final class Pending implements TelemetryLog.Appended {
        private final Inbound inbound;
        private final Judged judged;
        private final @Nullable RejectReason refusal;
        private final AtomicInteger missing;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final IngestMeter meter;
        private final long sinceNanos = System.nanoTime();

        Pending(Inbound inbound, Judged judged, @Nullable RejectReason refusal, int records, IngestMeter meter) {
            this.inbound = inbound;
            this.judged = judged;
            this.refusal = refusal;
            this.missing = new AtomicInteger(records);
            this.meter = meter;
        }

        @Override
        public void onAppended(@Nullable Throwable cause) {
            if (cause != null) {
                failure.compareAndSet(null, cause);
            }
            if (missing.decrementAndGet() > 0) {
                return;
            }
            var failed = failure.get();
            if (failed != null) {
                meter.failed();
                inbound.fail(failed);
                return;
            }
            meter.stored(judged, System.nanoTime() - sinceNanos);
            if (refusal == null) {
                inbound.acknowledge();
            } else {
                inbound.refuse(refusal);
            }
        }
    }
}
