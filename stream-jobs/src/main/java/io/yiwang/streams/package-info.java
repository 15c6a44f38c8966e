/** The Flink jobs of Yiwang, and the cluster of one process that runs them on one machine. */
@NullMarked
package io.yiwang.streams;

import org.jspecify.annotations.NullMarked;
