/** Writes the clock into the log: ticks, while the doors are open. */
@NullMarked
package io.yiwang.ingest.clock;

import org.jspecify.annotations.NullMarked;
