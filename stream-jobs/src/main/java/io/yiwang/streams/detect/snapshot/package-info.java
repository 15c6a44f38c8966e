/** How state is written small. */
@NullMarked
package io.yiwang.streams.detect.snapshot;

import org.jspecify.annotations.NullMarked;
