/** Decides what is valid: a decoded message against the catalogue and the domain packs. */
@NullMarked
package io.yiwang.ingest.validate;

import org.jspecify.annotations.NullMarked;
