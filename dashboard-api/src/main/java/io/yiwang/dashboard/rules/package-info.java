/** Rules as people change them: who changed what, and its way to detection. */
@NullMarked
package io.yiwang.dashboard.rules;

import org.jspecify.annotations.NullMarked;
