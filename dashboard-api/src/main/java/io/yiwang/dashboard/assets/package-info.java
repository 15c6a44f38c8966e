/** The asset ledger of the city: what is there, kept in PostgreSQL and published to the compacted topic assets. */
@NullMarked
package io.yiwang.dashboard.assets;

import org.jspecify.annotations.NullMarked;
