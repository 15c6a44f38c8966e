/** The only place of ingest that writes to Kafka; decides when a record counts as stored. */
@NullMarked
package io.yiwang.ingest.kafka;

import org.jspecify.annotations.NullMarked;
