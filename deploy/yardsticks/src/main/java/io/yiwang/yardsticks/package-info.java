/** Programs that ingest is measured beside: the least that its work can cost, and a general product for the same work. */
@NullMarked
package io.yiwang.yardsticks;

import org.jspecify.annotations.NullMarked;
