/** How Flink jobs read Yiwang's topics: Protobuf in, plain records out, and watermarks from the clock in the log. */
@NullMarked
package io.yiwang.streams.kafka;

import org.jspecify.annotations.NullMarked;
