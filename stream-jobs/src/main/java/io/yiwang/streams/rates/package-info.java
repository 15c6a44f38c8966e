/** Decides the operating rates: seconds run and readings received per facility and minute, summed up over districts, domains and the city. */
@NullMarked
package io.yiwang.streams.rates;

import org.jspecify.annotations.NullMarked;
