/** Learns what is usual for one point and decides when its readings are not. */
@NullMarked
package io.yiwang.streams.detect.baseline;

import org.jspecify.annotations.NullMarked;
