/** Identities made from content, so that writing a thing twice is writing it once. */
@NullMarked
package io.yiwang.model.id;

import org.jspecify.annotations.NullMarked;
