/** Who changed what, and when. */
@NullMarked
package io.yiwang.dashboard.audit;

import org.jspecify.annotations.NullMarked;
