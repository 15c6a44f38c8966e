/** The simulator's program: a city that behaves, and breaks on request. */
@NullMarked
package io.yiwang.sim;

import org.jspecify.annotations.NullMarked;
