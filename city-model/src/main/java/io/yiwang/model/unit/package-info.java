/** Units of measure (UCUM) and how one becomes another. */
@NullMarked
package io.yiwang.model.unit;

import org.jspecify.annotations.NullMarked;
