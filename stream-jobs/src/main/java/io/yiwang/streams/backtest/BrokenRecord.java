package io.yiwang.streams.backtest;

import java.io.IOException;

/** A file of records cannot be read from some byte on; what lies behind it cannot be found. */
final class BrokenRecord extends IOException {
    private static final long serialVersionUID = 1;

    /** @param offset byte at which the record begins, its length included */
    BrokenRecord(String file, long record, long offset, String why) {
        super(file + ": record " + record + " at byte " + offset + " cannot be read: " + why);
    }
}
