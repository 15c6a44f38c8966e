package io.yiwang.streams.backtest;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.FacilityDetection;
import io.yiwang.streams.detect.pattern.Link;
import io.yiwang.streams.detect.pattern.LogIncidents;
import io.yiwang.streams.detect.pattern.Showing;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The detect job over the log of a city, partition by partition, without Flink. What a partition announces depends on its log alone;
 * incidents of several facilities are concluded when {@link #incidents} says how far all partitions have come.
 */
public final class CityDetection {
    private final DomainPacks packs;
    private final RuleBook rules;
    private final ZoneId zone;
    private final CityClock clock;
    private final FacilityDetection.Announcements out;
    private final LogIncidents incidents;
    private final List<FacilityAsset> assets = new ArrayList<>();
    private final TreeMap<Integer, LogDetection> partitions = new TreeMap<>();

    /**
     * @param rules what people made of the packs' rules, every version of it
     * @param zone where the city lives
     * @param clock the city's
     */
    public CityDetection(
            DomainPacks packs, RuleBook rules, ZoneId zone, CityClock clock, FacilityDetection.Announcements out) {
        this.packs = packs;
        this.rules = rules;
        this.zone = zone;
        this.clock = clock;
        incidents = new LogIncidents(packs);
        this.out = new FacilityDetection.Announcements() {
            @Override
            public void alarm(Alarm alarm) {
                out.alarm(alarm);
            }

            @Override
            public void quality(PointQuality quality) {
                out.quality(quality);
            }

            @Override
            public void showing(Showing showing) {
                incidents.on(showing);
            }
        };
    }

    /** A facility of the catalogue; all of them come before the first record. */
    public void add(FacilityAsset asset) {
        assets.add(asset);
        incidents.on(Link.of(asset), 0, out::alarm);
    }

    /** A message of a partition, in the order of its log. */
    public void on(int partition, TelemetryMessage message) {
        partition(partition).on(message);
    }

    /** A tick of a partition, see {@link LogDetection#tick}. */
    public void tick(int partition, long logMillis, long breakMillis) {
        partition(partition).tick(logMillis, breakMillis);
    }

    /** Every partition has ticked up to here. */
    public void incidents(long logMillis) {
        incidents.upTo(logMillis, out::alarm);
    }

    /** The log is over at this time: what is due by then is concluded. */
    public void end(long logMillis) {
        partitions.values().forEach(log -> log.tick(Math.max(logMillis, log.clockMillis()), 0));
        incidents(Long.MAX_VALUE);
    }

    public int facilities() {
        return assets.size();
    }

    /** Messages that were not judged because their facility is not in the catalogue. */
    public long messagesWithoutFacility() {
        return partitions.values().stream()
                .mapToLong(LogDetection::messagesWithoutFacility)
                .sum();
    }

    /** A facility's messages are all in one partition, so that each partition may know all of them. */
    private LogDetection partition(int number) {
        var known = partitions.get(number);
        if (known == null) {
            known = new LogDetection(packs, rules, zone, clock, out);
            assets.forEach(known::add);
            partitions.put(number, known);
        }
        return known;
    }
}
