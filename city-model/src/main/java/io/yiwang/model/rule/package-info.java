/** What people made of the packs' limits: what holds where from when, and what cannot hold. */
@NullMarked
package io.yiwang.model.rule;

import org.jspecify.annotations.NullMarked;
