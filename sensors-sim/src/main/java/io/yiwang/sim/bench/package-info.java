/** Measures the running system from outside: how fast, how late, and at what cost per message. */
@NullMarked
package io.yiwang.sim.bench;

import org.jspecify.annotations.NullMarked;
