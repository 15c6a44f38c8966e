/**
 * Examines detection: plans faults into a simulated city, lets its devices report, gives the reports to the detect job's logic, which is a
 * program of its own, and compares its alarms with what really happened.
 */
@NullMarked
package io.yiwang.sim.exam;

import org.jspecify.annotations.NullMarked;
