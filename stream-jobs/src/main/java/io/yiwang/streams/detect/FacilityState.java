package io.yiwang.streams.detect;

import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.limits.Limits;
import io.yiwang.streams.intake.Intake;
import java.util.HashMap;
import java.util.Map;

/**
 * All that is remembered of one facility. The one mutable thing here: copying a facility for every message would cost more than
 * judging it. What the maps hold is immutable. A field that an older savepoint lacks keeps its default.
 */
public final class FacilityState {
    /** By device id. */
    public Map<String, Intake.State> intake = new HashMap<>();
    /** By point id. */
    public Map<String, Instrument.Point> points = new HashMap<>();
    /** By metric. */
    public Map<String, Instrument.State> instruments = new HashMap<>();
    /** By rule id; the historic lane under the rule id with {@link FacilityDetection#HISTORIC} behind it. */
    public Map<String, Limits.State> limits = new HashMap<>();
    /** Newest log clock of the facility's messages, epoch ms. */
    public long clockMillis;
    /** No deadline is earlier than this, by the log clock; epoch ms. */
    public long dueMillis = Long.MAX_VALUE;
    /** The operator's: log clock for which a timer is set, {@code Long.MAX_VALUE} when none is. */
    public long timerMillis = Long.MAX_VALUE;
    /** The operator's: messages that wait for the facility's asset. */
    public int waiting;
}
