/** What a browser must know once: the domains, metrics, districts, rates and reasons, with their names. */
@NullMarked
package io.yiwang.dashboard.catalogue;

import org.jspecify.annotations.NullMarked;
