/** The single-machine launcher behind {@code ./yiwang}: starts every part as a process, watches, restarts and stops them. */
@NullMarked
package io.yiwang.launcher;

import org.jspecify.annotations.NullMarked;
