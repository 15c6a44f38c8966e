/** Draws what a day of each domain looks like, so that people who know it can judge the simulator. */
@NullMarked
package io.yiwang.sim.day;

import org.jspecify.annotations.NullMarked;
