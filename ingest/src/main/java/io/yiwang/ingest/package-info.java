/** The doors of the city: takes what devices say, keeps it in Kafka or says why not, and only then acknowledges. */
@NullMarked
package io.yiwang.ingest;

import org.jspecify.annotations.NullMarked;
