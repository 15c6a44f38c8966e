/** Symptoms of single metrics, and the incidents that several of them together mean. */
@NullMarked
package io.yiwang.streams.detect.pattern;

import org.jspecify.annotations.NullMarked;
