/** Domain packs: what a domain is, its facility types, metrics, limits and rates, read from YAML. */
@NullMarked
package io.yiwang.model.domain;

import org.jspecify.annotations.NullMarked;
