/** Decides what the demo city is made of: districts, facilities, devices and their secrets, all from a seed. */
@NullMarked
package io.yiwang.sim.city;

import org.jspecify.annotations.NullMarked;
