/** The life of an alarm from its first announcement to its close: what the detect job said, what people did. */
@NullMarked
package io.yiwang.dashboard.alarms;

import org.jspecify.annotations.NullMarked;
