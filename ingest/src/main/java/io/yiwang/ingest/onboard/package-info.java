/** Devices that want in and are not in the ledger. */
@NullMarked
package io.yiwang.ingest.onboard;

import org.jspecify.annotations.NullMarked;
