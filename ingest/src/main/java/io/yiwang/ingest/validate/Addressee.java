package io.yiwang.ingest.validate;

import io.yiwang.ingest.catalogue.CataloguedDevice;
import org.jspecify.annotations.Nullable;

/**
 * Whom a payload names as its device.
 *
 * @param device null: the ledger has none of that name
 * @param permitted the sender may speak for it
 */
public record Addressee(@Nullable CataloguedDevice device, boolean permitted) {}
