/** Operating rates as the rates job concluded them. */
@NullMarked
package io.yiwang.dashboard.rates;

import org.jspecify.annotations.NullMarked;
