/** The course of a point and of a device in event-time order: what is remembered, which conditions hold, and since when. */
@NullMarked
package io.yiwang.streams.detect.course;

import org.jspecify.annotations.NullMarked;
