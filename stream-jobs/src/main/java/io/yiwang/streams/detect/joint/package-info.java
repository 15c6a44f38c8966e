/** Decides whether the points of one device still belong together as they used to, whatever each single value says. */
@NullMarked
package io.yiwang.streams.detect.joint;

import org.jspecify.annotations.NullMarked;
