package io.yiwang.streams.detect;

import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.course.FacilityCourse;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.intake.Intake;
import java.util.HashMap;
import java.util.Map;

/**
 * All that is remembered of one facility. Mutable: copying a facility for every message would cost more than judging it. A field that
 * an older savepoint lacks keeps its default.
 */
public final class FacilityState {
    /** By device id. */
    public Map<String, Intake.State> intake = new HashMap<>();
    /** By metric. */
    public Map<String, Instrument.State> instruments = new HashMap<>();
    /** What the devices' good readings were judged to be. */
    public FacilityCourse course = new FacilityCourse();
    /** The alarm of its devices' clocks. */
    public Alarms.State clocks = Alarms.State.NONE;
    /** The alarm of its devices that send their messages again and again. */
    public Alarms.State repeats = Alarms.State.NONE;
    /** Newest log clock of the facility's messages, epoch ms. */
    public long clockMillis;
    /** No deadline is earlier than this, by the log clock; epoch ms. */
    public long dueMillis = Long.MAX_VALUE;
    /** The operator's: log clock for which a timer is set, {@code Long.MAX_VALUE} when none is. */
    public long timerMillis = Long.MAX_VALUE;
    /** The operator's: messages that wait for the facility's asset. */
    public int waiting;
}
