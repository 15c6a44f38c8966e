package io.yiwang.dashboard.live;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.alarms.AlarmFeed;
import io.yiwang.dashboard.alarms.AlarmView;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.assets.LiveState;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.TelemetryRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The city as it is now: newest readings and open alarms of every facility of the catalogue. */
@Component
class LiveCity implements LiveState {
    private final AssetCatalogue catalogue;
    private final DomainPacks packs;
    private final CityClock clock;
    private final AlarmBoard board = new AlarmBoard();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong newestLogMillis = new AtomicLong(Long.MIN_VALUE);
    private final List<Consumer<List<String>>> alarmListeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, FacilityNow> facilities = Map.of();

    LiveCity(AssetCatalogue catalogue, DomainPacks packs, AlarmFeed alarms, CityClock clock) {
        this.catalogue = catalogue;
        this.packs = packs;
        this.clock = clock;
        catalogue.onChange((before, after) -> follow(after));
        follow(catalogue.current());
        alarms.onChange(this::take);
        take(alarms.open());
    }

    /** @param listener is told the ids of the alarms whose row is another now, in the thread that changed them */
    void onAlarms(Consumer<List<String>> listener) {
        alarmListeners.add(listener);
    }

    private synchronized void follow(Assets assets) {
        var before = facilities;
        var next = new TreeMap<String, FacilityNow>();
        assets.facilities().forEach((id, facility) -> {
            var known = before.get(id);
            if (known != null && known.facility.equals(facility)) {
                next.put(id, known);
                return;
            }
            var fresh = new FacilityNow(facility, packs, clock.deliverySlack().toMillis());
            if (known != null) {
                fresh.inherit(known);
            }
            next.put(id, fresh);
        });
        // Looked up once a message: a hash map; walked in the order of ids: so it keeps that order.
        facilities = new LinkedHashMap<>(next);
    }

    private void take(List<AlarmView> changed) {
        var touched = board.take(changed, clock.wall().millis());
        if (!touched.isEmpty()) {
            alarmListeners.forEach(listener -> listener.accept(touched));
        }
    }

    /** One record of topic {@code telemetry}. */
    void telemetry(ConsumerRecord<String, byte[]> record) {
        try {
            var message = TelemetryRecord.parseFrom(record.value());
            if (message.hasTelemetry()) {
                messages.incrementAndGet();
                var telemetry = message.getTelemetry();
                var facility = facilities.get(telemetry.getFacility());
                if (facility != null) {
                    facility.take(telemetry, cityMillis(record.timestamp()));
                }
            }
            newestLogMillis.accumulateAndGet(record.timestamp(), Math::max);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("no telemetry message", e);
        }
    }

    /** One record of topic {@code quality}. */
    void quality(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            var quality = PointQuality.parseFrom(record.value());
            var facility = facilities.get(quality.getFacility());
            var dot = quality.getPoint().indexOf('.');
            if (facility != null && dot > 0) {
                facility.judged(
                        quality.getPoint().substring(0, dot),
                        quality.getPoint().substring(dot + 1),
                        quality.getQuality(),
                        quality.getSinceMillis(),
                        switch (quality.getLearning()) {
                            case LEARNS -> new Learning("learns", quality.getReadyMillis());
                            case FROZEN -> new Learning("frozen", null);
                            case READY, NOT_LEARNED, UNRECOGNIZED -> null;
                        });
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("no quality message", e);
        }
    }

    Collection<FacilityNow> facilities() {
        return facilities.values();
    }

    @Nullable
    FacilityNow facility(String id) {
        return facilities.get(id);
    }

    AlarmBoard board() {
        return board;
    }

    /** Telemetry messages read since the start. */
    long messages() {
        return messages.get();
    }

    @Override
    public Optional<Latest> latest(String point) {
        return catalogue.current().point(point).flatMap(at -> {
            var facility = facilities.get(at.facility().getId());
            return facility == null
                    ? Optional.empty()
                    : Optional.ofNullable(
                            facility.latest(at.device().getId(), at.point().getMetric()));
        });
    }

    @Override
    public FacilityState state(String facility) {
        var now = facilities.get(facility);
        return now == null ? FacilityState.UNKNOWN : now.state(board.of(facility), clock.millis());
    }

    /** Time in the city at a moment of the wall clock, both epoch ms. */
    long cityMillis(long wallMillis) {
        return clock.at(Instant.ofEpochMilli(wallMillis)).toEpochMilli();
    }

    @Override
    public OptionalLong lagMillis() {
        var newest = newestLogMillis.get();
        return newest == Long.MIN_VALUE
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, clock.wall().millis() - newest));
    }
}
