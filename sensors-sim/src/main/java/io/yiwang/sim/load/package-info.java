/** Decides when which load device sends what, at a rate that no answer slows down, and measures what came back. */
@NullMarked
package io.yiwang.sim.load;

import org.jspecify.annotations.NullMarked;
