/** What ingest refused, and why: the newest dead letters. */
@NullMarked
package io.yiwang.dashboard.rejected;

import org.jspecify.annotations.NullMarked;
