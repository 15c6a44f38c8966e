/** The shared language of all modules: topics, packs, assets, ids, wire messages. */
@NullMarked
package io.yiwang.model;

import org.jspecify.annotations.NullMarked;
