/** HJ 212-2017, with the flags of HJ 212-2025: frames, what is in them, and what it means. */
@NullMarked
package io.yiwang.ingest.decode.hj212;

import org.jspecify.annotations.NullMarked;
