/** Decides the identity and the steps of an alarm's life, whatever noticed it. */
@NullMarked
package io.yiwang.streams.detect.alarm;

import org.jspecify.annotations.NullMarked;
