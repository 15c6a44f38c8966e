/** Knows which devices there are, what each may report and who may speak for it. */
@NullMarked
package io.yiwang.ingest.catalogue;

import org.jspecify.annotations.NullMarked;
