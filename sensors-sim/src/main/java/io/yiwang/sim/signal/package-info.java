/** Decides what every instrument shows while nothing is wrong: a function of seed, instrument and time. */
@NullMarked
package io.yiwang.sim.signal;

import org.jspecify.annotations.NullMarked;
