/** Starts the real servers that a single machine needs: Kafka, PostgreSQL, InfluxDB. Each start returns when the server answers. */
@NullMarked
package io.yiwang.servers;

import org.jspecify.annotations.NullMarked;
