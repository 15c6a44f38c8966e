/** Decides how much more tolerant what was learned becomes by what officers say of its alarms. */
@NullMarked
package io.yiwang.streams.detect.verdict;

import org.jspecify.annotations.NullMarked;
