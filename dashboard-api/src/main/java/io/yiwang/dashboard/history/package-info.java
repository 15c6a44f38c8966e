/** What was measured: charts' rows out of InfluxDB. */
@NullMarked
package io.yiwang.dashboard.history;

import org.jspecify.annotations.NullMarked;
