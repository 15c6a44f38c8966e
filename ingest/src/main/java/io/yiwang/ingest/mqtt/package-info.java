/** The two doors for MQTT: our own broker, and a bridge to one that is there already. */
@NullMarked
package io.yiwang.ingest.mqtt;

import org.jspecify.annotations.NullMarked;
