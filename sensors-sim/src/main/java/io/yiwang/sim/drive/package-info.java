/** Connects the simulated devices to the real system: registers them, connects them and lets them publish. */
@NullMarked
package io.yiwang.sim.drive;

import org.jspecify.annotations.NullMarked;
