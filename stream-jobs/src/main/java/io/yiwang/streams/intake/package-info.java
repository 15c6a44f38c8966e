/** The first stage of every job: decides which readings are new, how good they are and whether they come too late to be live. */
@NullMarked
package io.yiwang.streams.intake;

import org.jspecify.annotations.NullMarked;
