/** The city as it is now, and the websocket that shows it to browsers. */
@NullMarked
package io.yiwang.dashboard.live;

import org.jspecify.annotations.NullMarked;
