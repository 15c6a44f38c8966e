/** Who wanted in and is not known: the quarantine list, what is guessed about each, and the one decision that lets it in. */
@NullMarked
package io.yiwang.dashboard.newcomers;

import org.jspecify.annotations.NullMarked;
