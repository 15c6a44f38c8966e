/** Decides what a payload says: bytes in, messages or the reason why not out. */
@NullMarked
package io.yiwang.ingest.decode;

import org.jspecify.annotations.NullMarked;
