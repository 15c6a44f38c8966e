package io.yiwang.ingest.validate;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges messages. A pure function: the same payload at the same time gets the same verdict. */
public final class Validation {
    /** So much of a rejected payload is kept. */
    public static final int KEPT_BYTES = 4096;

    private static final int NAMED_METRICS = 5;

    private final long futureMillis;
    private final long ancientMillis;

    /**
     * @param future a timestamp may be ahead of the clock by at most this
     * @param ancient and behind by at most this
     */
    public Validation(Duration future, Duration ancient) {
        futureMillis = future.toMillis();
        ancientMillis = ancient.toMillis();
    }

    /** The limits of the product: 5 minutes ahead, 7 days behind. */
    public static Validation standard() {
        return new Validation(Duration.ofMinutes(5), Duration.ofDays(7));
    }

    /** The verdict on a payload of {@code device}, the catalogue's entry for whoever the door says is speaking. */
    public Judged judge(Arrival arrival, CataloguedDevice device, Decoded decoded) {
        return decoded.fold(
                messages -> judgeMessages(arrival, device, messages),
                unreadable -> refuse(arrival, device.id(), unreadable.reason(), unreadable.detail()));
    }

    /** The verdict on a payload that is not looked into, because of who sent it or where to. */
    public Judged refuse(Arrival arrival, String device, RejectReason reason, String detail) {
        return new Judged(
                List.of(), List.of(rejected(arrival, device, reason, detail).build()), 0, 0);
    }

    private Judged judgeMessages(Arrival arrival, CataloguedDevice device, Decoded.Messages decoded) {
        var accepted = new ArrayList<Telemetry>(decoded.messages().size());
        var rejected = new ArrayList<Rejected>(0);
        int values = 0;
        int good = 0;
        for (var message : decoded.messages()) {
            values += message.values().size();
            good += judgeMessage(arrival, device, message, accepted, rejected);
        }
        for (var flaw : decoded.flaws()) {
            values += flaw.valueCount();
            rejected.add(rejected(arrival, device.id(), flaw.reason(), flaw.detail())
                    .setBoot(flaw.boot())
                    .setSeq(flaw.seq())
                    .setEventTimeMillis(flaw.eventTimeMillis())
                    .setValueCount(flaw.valueCount())
                    .build());
        }
        return new Judged(accepted, rejected, values, good);
    }

    /** Returns how many values go on with their number. */
    private int judgeMessage(
            Arrival arrival,
            CataloguedDevice device,
            Message message,
            List<Telemetry> accepted,
            List<Rejected> rejected) {
        long ahead = message.eventTimeMillis() - arrival.receivedMillis();
        if (ahead > futureMillis || ahead < -ancientMillis) {
            rejected.add(about(
                            arrival,
                            device,
                            message,
                            ahead > 0 ? RejectReason.TIMESTAMP_FUTURE : RejectReason.TIMESTAMP_ANCIENT,
                            timeDetail(message, arrival))
                    .setValueCount(message.values().size())
                    .build());
            return 0;
        }
        var telemetry = Telemetry.newBuilder()
                .setDomain(device.domain())
                .setDistrict(device.district())
                .setFacility(device.facility())
                .setDevice(device.id())
                .setBoot(message.boot())
                .setSeq(message.seq())
                .setEventTimeMillis(message.eventTimeMillis())
                .setReceivedMillis(arrival.receivedMillis());
        Map<RejectReason, List<Measured>> bad = Map.of();
        int good = 0;
        for (var value : message.values()) {
            var metric = device.metrics().get(value.metric());
            var reason = reasonAgainst(value, metric);
            if (reason == null) {
                good++;
                telemetry.addValues(Value.newBuilder()
                        .setMetric(value.metric())
                        .setNumber(value.number())
                        .setQuality(value.doubtful() ? Quality.DEVICE_BAD : Quality.GOOD));
                continue;
            }
            if (reason == RejectReason.OUT_OF_RANGE) {
                // The gap travels on: detect raises the instrument's alarm and rates count it.
                telemetry.addValues(Value.newBuilder().setMetric(value.metric()).setQuality(Quality.OUT_OF_RANGE));
            }
            if (bad.isEmpty()) {
                bad = new EnumMap<>(RejectReason.class);
            }
            bad.computeIfAbsent(reason, r -> new ArrayList<>()).add(value);
        }
        if (telemetry.getValuesCount() > 0) {
            accepted.add(telemetry.build());
        }
        bad.forEach((reason, values) -> {
            var record = about(arrival, device, message, reason, valueDetail(device, reason, values))
                    .setValueCount(values.size());
            values.forEach(value -> record.addMetrics(value.metric()));
            rejected.add(record.build());
        });
        return good;
    }

    private static @Nullable RejectReason reasonAgainst(Measured value, @Nullable Metric metric) {
        if (metric == null) {
            return RejectReason.UNKNOWN_METRIC;
        }
        if (value.content() == Content.NOT_FINITE) {
            return RejectReason.NOT_FINITE;
        }
        boolean fits = switch (metric.kind()) {
            case ANALOG, COUNTER -> value.content() == Content.NUMBER;
            case ENUM ->
                value.content() == Content.TRUTH
                        || (value.content() == Content.NUMBER && value.number() == Math.rint(value.number()));
            case EVENT -> value.content() == Content.TRUTH || value.content() == Content.NUMBER;
        };
        if (!fits) {
            return RejectReason.WRONG_TYPE;
        }
        boolean inRange = metric.range().contains(value.number())
                && (metric.states().isEmpty() || metric.states().containsKey((int) value.number()));
        return inRange ? null : RejectReason.OUT_OF_RANGE;
    }

    private static String timeDetail(Message message, Arrival arrival) {
        return "ts " + message.eventTimeMillis() + " is "
                + Duration.ofMillis(message.eventTimeMillis() - arrival.receivedMillis())
                + " from " + Instant.ofEpochMilli(arrival.receivedMillis());
    }

    private static String valueDetail(CataloguedDevice device, RejectReason reason, List<Measured> values) {
        var text = new StringBuilder(reason.sentence().en()).append(": ");
        for (int i = 0; i < values.size() && i < NAMED_METRICS; i++) {
            var value = values.get(i);
            text.append(i == 0 ? "" : ", ").append(value.metric());
            if (value.content() == Content.NUMBER || value.content() == Content.TRUTH) {
                text.append(" = ").append(value.number());
            }
            var metric = device.metrics().get(value.metric());
            if (reason == RejectReason.OUT_OF_RANGE && metric != null) {
                text.append(" not in ")
                        .append(
                                metric.states().isEmpty()
                                        ? metric.range()
                                        : metric.states().keySet().stream()
                                                .sorted()
                                                .toList());
            } else if (reason == RejectReason.WRONG_TYPE && metric != null) {
                text.append(" is not ").append(metric.kind() == Metric.Kind.ENUM ? "a state's code" : "a number");
            }
        }
        return values.size() > NAMED_METRICS
                ? text.append(" and ")
                        .append(values.size() - NAMED_METRICS)
                        .append(" more")
                        .toString()
                : text.toString();
    }

    private static Rejected.Builder about(
            Arrival arrival, CataloguedDevice device, Message message, RejectReason reason, String detail) {
        return rejected(arrival, device.id(), reason, detail)
                .setBoot(message.boot())
                .setSeq(message.seq())
                .setEventTimeMillis(message.eventTimeMillis());
    }

    private static Rejected.Builder rejected(Arrival arrival, String device, RejectReason reason, String detail) {
        var payload = arrival.payload();
        return Rejected.newBuilder()
                .setReason(reason.name())
                .setDetail(detail)
                .setMqttTopic(arrival.topic())
                .setClient(arrival.client())
                .setPayload(ByteString.copyFrom(payload, 0, Math.min(payload.length, KEPT_BYTES)))
                .setPayloadSize(payload.length)
                .setReceivedMillis(arrival.receivedMillis())
                .setDevice(device);
    }
}
