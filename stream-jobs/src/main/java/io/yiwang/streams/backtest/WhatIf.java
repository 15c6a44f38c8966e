package io.yiwang.streams.backtest;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.FacilityDetection;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What alarms the rules of now would have raised in a time that is over. Feed it the log of every partition, from some time before the
 * one that is asked about, then ask. A function of what it is fed.
 */
public final class WhatIf {
    private final CityDetection city;
    private final List<Alarm> alarms = new ArrayList<>();
    private long messages;

    /**
     * @param rules what is tried, and what holds besides
     * @param zone where the city lives
     * @param clock the city's
     * @param assets the facilities that are asked about; messages of others are let go
     */
    public WhatIf(DomainPacks packs, RuleBook rules, ZoneId zone, CityClock clock, Collection<FacilityAsset> assets) {
        city = new CityDetection(packs, rules, zone, clock, new FacilityDetection.Announcements() {
            @Override
            public void alarm(Alarm alarm) {
                alarms.add(alarm);
            }

            @Override
            public void quality(PointQuality quality) {
                // Alarms are asked about.
            }
        });
        assets.forEach(city::add);
    }

    /** A message of a partition, in the order of its log. */
    public void on(int partition, TelemetryMessage message) {
        messages++;
        city.on(partition, message);
    }

    /** A tick of a partition. */
    public void tick(int partition, long logMillis, long breakMillis) {
        city.tick(partition, logMillis, breakMillis);
    }

    /** The time is over for every partition that has spoken: what is due is concluded. */
    public void end(long logMillis) {
        city.end(logMillis);
    }

    /**
     * @param then steps of alarms as they were announced
     * @param fromMillis event time from which alarms are asked about, epoch ms
     * @param toMillis excluded
     */
    public Comparison compare(Collection<Alarm> then, long fromMillis, long toMillis) {
        return Comparison.of(
                AlarmSpan.raisedIn(then, fromMillis, toMillis), AlarmSpan.raisedIn(alarms, fromMillis, toMillis));
    }

    public long messages() {
        return messages;
    }
}
