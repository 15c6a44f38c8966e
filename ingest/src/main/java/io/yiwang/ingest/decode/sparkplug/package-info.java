/** Reads Eclipse Sparkplug B 3.0: what an edge node declares in its births, and what it sends under these names later. */
@NullMarked
package io.yiwang.ingest.decode.sparkplug;

import org.jspecify.annotations.NullMarked;
