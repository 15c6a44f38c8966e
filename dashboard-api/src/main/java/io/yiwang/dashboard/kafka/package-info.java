/** Reads whole topics into views: every record once, in order, from a chosen start. */
@NullMarked
package io.yiwang.dashboard.kafka;

import org.jspecify.annotations.NullMarked;
