/** Reads SenML JSON (RFC 8428). */
@NullMarked
package io.yiwang.ingest.decode.senml;

import org.jspecify.annotations.NullMarked;
