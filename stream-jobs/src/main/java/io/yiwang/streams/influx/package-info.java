/** How jobs write to InfluxDB: line protocol, whole batches acknowledged before a checkpoint passes, and what becomes of a refused line. */
@NullMarked
package io.yiwang.streams.influx;

import org.jspecify.annotations.NullMarked;
