/** Decides when an instrument is an alarm: bad or implausible values, silence, a clock that is wrong. */
@NullMarked
package io.yiwang.streams.detect.instrument;

import org.jspecify.annotations.NullMarked;
