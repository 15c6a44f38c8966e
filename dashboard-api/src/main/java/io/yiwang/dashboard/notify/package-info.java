/** Tells people: an outbox written in the alarm's own transaction and the channels that empty it. */
@NullMarked
package io.yiwang.dashboard.notify;

import org.jspecify.annotations.NullMarked;
