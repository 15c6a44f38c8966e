/** Decides when a facility is beyond a limit: deadband, on-delay and off-delay. */
@NullMarked
package io.yiwang.streams.detect.limits;

import org.jspecify.annotations.NullMarked;
