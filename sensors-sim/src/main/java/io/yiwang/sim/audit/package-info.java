/** Decides whether everything that was sent is stored or rejected with a reason, exactly once. */
@NullMarked
package io.yiwang.sim.audit;

import org.jspecify.annotations.NullMarked;
