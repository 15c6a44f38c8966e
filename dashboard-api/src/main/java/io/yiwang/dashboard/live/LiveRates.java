package io.yiwang.dashboard.live;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.wire.Rate;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The newest window of each rate of the city, its domains and its districts; single facilities are read by REST. */
final class LiveRates {
    private final ConcurrentMap<String, Rate> newest = new ConcurrentHashMap<>();

    /** One record of topic {@code rates}. */
    void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            var rate = Rate.parseFrom(record.value());
            if (!rate.getScope().startsWith("facility:")) {
                newest.merge(key(rate), rate, LiveRates::newer);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("no rate message", e);
        }
    }

    /** In no particular order. */
    Collection<Rate> all() {
        return newest.values();
    }

    static String key(Rate rate) {
        return rate.getScope() + "|" + rate.getCode() + "|" + rate.getPeriod();
    }

    /** A later window beats an earlier one; within a window the log's order decides. */
    private static Rate newer(Rate known, Rate next) {
        return next.getWindowStartMillis() >= known.getWindowStartMillis() ? next : known;
    }
}
