/** Says how ingest is, to the launcher, the dashboard and Prometheus. */
@NullMarked
package io.yiwang.ingest.health;

import org.jspecify.annotations.NullMarked;
