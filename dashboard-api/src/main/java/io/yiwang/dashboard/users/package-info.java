/** The persons who may log in. */
@NullMarked
package io.yiwang.dashboard.users;

import org.jspecify.annotations.NullMarked;
