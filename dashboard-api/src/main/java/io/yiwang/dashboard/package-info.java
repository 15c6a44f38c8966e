/** What people see and do: the program, its settings and how it says that something is wrong. */
@NullMarked
package io.yiwang.dashboard;

import org.jspecify.annotations.NullMarked;
