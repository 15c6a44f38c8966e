package io.yiwang.dashboard.assets;

import java.util.function.BiConsumer;

/** The ledger as everybody in the dashboard reads it: from memory, always whole, never older than the last commit. */
public interface AssetCatalogue {
    Assets current();

    /**
     * Tells of every committed change, in order, one at a time.
     *
     * @param listener takes the ledger before and after; must be quick, as it holds up the change's answer
     */
    void onChange(BiConsumer<Assets, Assets> listener);
}
