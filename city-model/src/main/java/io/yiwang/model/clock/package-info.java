/** What time it is in the city, which may live in another year and at another pace than the people who watch it. */
@NullMarked
package io.yiwang.model.clock;

import org.jspecify.annotations.NullMarked;
