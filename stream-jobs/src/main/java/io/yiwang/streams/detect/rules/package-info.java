/** The rules as one operator knows them. */
@NullMarked
package io.yiwang.streams.detect.rules;

import org.jspecify.annotations.NullMarked;
