package io.yiwang.dashboard.alarms;

import io.yiwang.model.wire.Alarm;

/** A kept alarm: the detect job's newest words and what is known besides. */
record AlarmRow(Alarm alarm, AlarmLife life) {}
