/** Keeps history: every accepted reading, and mean, min, max and count of each point's minutes, in InfluxDB. */
@NullMarked
package io.yiwang.streams.archive;

import org.jspecify.annotations.NullMarked;
