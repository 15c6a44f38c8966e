/** Decides when and as whose telemetry recorded series go through the system, and what their labels say was true. */
@NullMarked
package io.yiwang.sim.replay;

import org.jspecify.annotations.NullMarked;
