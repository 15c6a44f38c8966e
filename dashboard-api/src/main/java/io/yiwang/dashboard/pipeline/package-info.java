/** How the system itself is: its parts, their lag and their health. */
@NullMarked
package io.yiwang.dashboard.pipeline;

import org.jspecify.annotations.NullMarked;
