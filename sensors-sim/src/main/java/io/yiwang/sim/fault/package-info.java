/** Decides what faults do to the instruments, and keeps the truth about them. */
@NullMarked
package io.yiwang.sim.fault;

import org.jspecify.annotations.NullMarked;
