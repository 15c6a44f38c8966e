/** Who is on duty at a moment, and what happens when the roster has a hole. */
@NullMarked
package io.yiwang.dashboard.duty;

import org.jspecify.annotations.NullMarked;
