package io.yiwang.ingest.validate;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.catalogue.CataloguedPoint;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.ingest.decode.Spread;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.unit.Conversion;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Judges messages. A pure function: the same payload at the same time gets the same verdict. */
public final class Validation {
    /** So much of a rejected payload is kept. */
    public static final int KEPT_BYTES = 4096;

    private static final int NAMED_METRICS = 5;

    private final Timestamps timestamps;

    /**
     * @param future a timestamp may be ahead of the clock by at most this
     * @param ancient and behind by at most this
     */
    public Validation(Duration future, Duration ancient) {
        timestamps = new Timestamps(future, ancient);
    }

    /** The limits of the product: 5 minutes ahead, 7 days behind. */
    public static Validation standard() {
        return new Validation(Duration.ofMinutes(5), Duration.ofDays(7));
    }

    /**
     * The verdict on a payload.
     *
     * @param device whose values they are where the payload does not say
     * @param addressee finds the device that a payload names
     */
    public Judged judge(
            Arrival arrival, CataloguedDevice device, Decoded decoded, Function<String, Addressee> addressee) {
        return decoded.fold(
                messages -> judgeMessages(arrival, device, messages, addressee),
                unreadable -> refuse(arrival, device.id(), unreadable.reason(), unreadable.detail()));
    }

    /** The verdict on a payload that is not looked into, because of who sent it or where to. */
    public Judged refuse(Arrival arrival, String device, RejectReason reason, String detail) {
        return new Judged(
                List.of(), List.of(rejected(arrival, device, reason, detail).build()), 0, 0);
    }

    private Judged judgeMessages(
            Arrival arrival, CataloguedDevice device, Decoded.Messages decoded, Function<String, Addressee> addressee) {
        var accepted = new ArrayList<Telemetry>(decoded.messages().size());
        var rejected = new ArrayList<Rejected>(0);
        int values = 0;
        int good = 0;
        for (var message : decoded.messages()) {
            values += message.values().size();
            var of = message.device().isEmpty() ? new Addressee(device, true) : addressee.apply(message.device());
            if (of.device() != null && of.permitted()) {
                good += judgeMessage(arrival, of.device(), message, accepted, rejected);
            } else {
                rejected.add(about(
                                arrival,
                                device,
                                message,
                                of.device() == null ? RejectReason.UNKNOWN_DEVICE : RejectReason.FOREIGN_DEVICE,
                                of.device() == null
                                        ? message.device() + " is not in the catalogue"
                                        : device.id() + " may not speak for "
                                                + of.device().id())
                        .setValueCount(message.values().size())
                        .build());
            }
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
        var untimely = timestamps.reasonAgainst(message.eventTimeMillis(), arrival.receivedMillis());
        if (untimely != null) {
            rejected.add(about(
                            arrival,
                            device,
                            message,
                            untimely,
                            timestamps.detail(untimely, message.eventTimeMillis(), arrival.receivedMillis()))
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
                .setReceivedMillis(arrival.receivedMillis())
                .setIntervalSeconds(message.intervalSeconds());
        Map<RejectReason, List<Measured>> bad = Map.of();
        int good = 0;
        // Names are distinct; two of them can be one metric only when one is not the metric's own.
        boolean renamed = false;
        for (var value : message.values()) {
            var point = device.points().get(value.name());
            RejectReason reason;
            if (point == null) {
                reason = RejectReason.UNKNOWN_METRIC;
            } else {
                renamed |= !value.name().equals(point.metric().code());
                reason = renamed && has(telemetry, point.metric().code())
                        ? RejectReason.AMBIGUOUS
                        : take(value, point, telemetry);
            }
            if (reason == null) {
                good++;
                continue;
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
            values.forEach(value -> record.addMetrics(metricOf(device, value)));
            rejected.add(record.build());
        });
        return good;
    }

    private static boolean has(Telemetry.Builder telemetry, String metric) {
        for (int i = 0; i < telemetry.getValuesCount(); i++) {
            if (telemetry.getValues(i).getMetric().equals(metric)) {
                return true;
            }
        }
        return false;
    }

    /** Adds what goes on of a value, in the metric's unit; returns why its number does not, null when it does. */
    private static @Nullable RejectReason take(Measured value, CataloguedPoint point, Telemetry.Builder telemetry) {
        var metric = point.metric();
        var taken = Value.newBuilder().setMetric(metric.code());
        if (value.content() == Content.OFFLINE) {
            telemetry.addValues(taken.setQuality(Quality.OFFLINE));
            return null;
        }
        var unfit = reasonAgainst(value, metric);
        if (unfit != null) {
            return unfit;
        }
        // A state's code has no unit, whatever is said.
        var conversion = isMeasured(metric) ? point.conversionFrom(value.unit()) : Conversion.NONE;
        if (conversion == null) {
            return RejectReason.UNIT_MISMATCH;
        }
        double number = conversion.convert(value.number());
        var spread = value.spread();
        if (!isPossible(number, metric) || (spread != null && !isPossible(spread, conversion, metric))) {
            // The gap travels on: detect raises the instrument's alarm and rates count it.
            telemetry.addValues(taken.setQuality(Quality.OUT_OF_RANGE));
            return RejectReason.OUT_OF_RANGE;
        }
        taken.setNumber(number).setQuality(value.doubtful() ? Quality.DEVICE_BAD : Quality.GOOD);
        if (spread != null) {
            if (spread.min() != null) {
                taken.setMin(conversion.convert(spread.min()));
            }
            if (spread.max() != null) {
                taken.setMax(conversion.convert(spread.max()));
            }
            if (spread.total() != null && Double.isFinite(spread.total())) {
                taken.setTotal(spread.total());
            }
        }
        telemetry.addValues(taken);
        return null;
    }

    private static boolean isMeasured(Metric metric) {
        return metric.kind() == Metric.Kind.ANALOG || metric.kind() == Metric.Kind.COUNTER;
    }

    private static boolean isPossible(double number, Metric metric) {
        return metric.range().contains(number)
                && (metric.states().isEmpty() || metric.states().containsKey((int) number));
    }

    /** A mean over values of which one cannot be is none. */
    private static boolean isPossible(Spread spread, Conversion conversion, Metric metric) {
        return (spread.min() == null || metric.range().contains(conversion.convert(spread.min())))
                && (spread.max() == null || metric.range().contains(conversion.convert(spread.max())));
    }

    private static String metricOf(CataloguedDevice device, Measured value) {
        var point = device.points().get(value.name());
        return point == null ? value.name() : point.metric().code();
    }

    private static @Nullable RejectReason reasonAgainst(Measured value, Metric metric) {
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
        return fits ? null : RejectReason.WRONG_TYPE;
    }

    private static String valueDetail(CataloguedDevice device, RejectReason reason, List<Measured> values) {
        var text = new StringBuilder(reason.sentence().en()).append(": ");
        for (int i = 0; i < values.size() && i < NAMED_METRICS; i++) {
            var value = values.get(i);
            text.append(i == 0 ? "" : ", ").append(value.name());
            if (value.content() == Content.NUMBER || value.content() == Content.TRUTH) {
                text.append(" = ").append(value.number());
                if (value.spread() != null) {
                    text.append(" (")
                            .append(value.spread().min())
                            .append(" to ")
                            .append(value.spread().max())
                            .append(")");
                }
            }
            var point = device.points().get(value.name());
            if (point == null) {
                continue;
            }
            var metric = point.metric();
            if (reason == RejectReason.UNIT_MISMATCH) {
                text.append(" ")
                        .append(point.unitOf(value.unit()))
                        .append(" is not convertible to ")
                        .append(metric.unit());
            } else if (reason == RejectReason.AMBIGUOUS) {
                text.append(" is ").append(metric.code()).append(" again");
            } else if (reason == RejectReason.OUT_OF_RANGE) {
                boolean converted =
                        isMeasured(metric) && !point.unitOf(value.unit()).equals(metric.unit());
                text.append(converted ? " " + point.unitOf(value.unit()) : "")
                        .append(" not in ")
                        .append(
                                metric.states().isEmpty()
                                        ? metric.range()
                                        : metric.states().keySet().stream()
                                                .sorted()
                                                .toList())
                        .append(converted ? " " + metric.unit() : "");
            } else if (reason == RejectReason.WRONG_TYPE) {
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
        var payload = arrival.shown();
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
