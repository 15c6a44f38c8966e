/** The detect job: decides, facility by facility, what is wrong, and announces it as alarms and quality changes. */
@NullMarked
package io.yiwang.streams.detect;

import org.jspecify.annotations.NullMarked;
