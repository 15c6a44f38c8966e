/** Draws courses over time as SVG, for reports and documents. */
@NullMarked
package io.yiwang.sim.plot;

import org.jspecify.annotations.NullMarked;
