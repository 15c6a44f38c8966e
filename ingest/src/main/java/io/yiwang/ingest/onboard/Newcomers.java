package io.yiwang.ingest.onboard;

/** Told of everyone who wanted in and is not in the ledger. Never blocks, never throws. */
public interface Newcomers {
    void knocked(Knock knock);
}
