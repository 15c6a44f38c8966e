/** Decides when an instrument is not to be believed: bad values in a row, or silence. */
@NullMarked
package io.yiwang.streams.detect.instrument;

import org.jspecify.annotations.NullMarked;
