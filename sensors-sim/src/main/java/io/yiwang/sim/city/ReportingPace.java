package io.yiwang.sim.city;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType.DeviceTemplate;

/** How often a city's devices report. */
public enum ReportingPace {
    /** Every 5, 10 or 15 s, so that a demo visibly moves: laboratory analysers and battery loggers are far slower than that. */
    DEMO,
    /** As the packs say, which is how real devices report. */
    NATURAL;

    private static final int QUICK_SECONDS = 30;
    private static final int MIDDLE_SECONDS = 300;
    /** Of a device that reports on changes only. */
    private static final int ON_CHANGE_SECONDS = 60;

    /** Seconds between a device's readings; of one that reports by exception between its heartbeats. */
    int period(DeviceTemplate device, DomainPacks packs) {
        var natural = natural(device, packs);
        return switch (this) {
            case NATURAL -> device.reportsByException() ? device.heartbeatSeconds() : natural;
            case DEMO -> natural <= QUICK_SECONDS ? 5 : natural <= MIDDLE_SECONDS ? 10 : 15;
        };
    }

    private static int natural(DeviceTemplate device, DomainPacks packs) {
        return device.sampleSeconds() > 0
                ? device.sampleSeconds()
                : device.metrics().stream()
                        .mapToInt(m -> packs.metric(m).orElseThrow().period())
                        .filter(seconds -> seconds > 0)
                        .min()
                        .orElse(ON_CHANGE_SECONDS);
    }
}
