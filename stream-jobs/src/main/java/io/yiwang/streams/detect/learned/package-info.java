/** Conditions and alarms of what is learned: how {@code baseline} and {@code joint} take part in the judging of a facility. */
@NullMarked
package io.yiwang.streams.detect.learned;

import org.jspecify.annotations.NullMarked;
