package io.yiwang.sim.drive;

import io.yiwang.sim.ledger.Ledger;
import java.util.List;

/** Where a device notes what it sent; {@link Ledger} keeps it. Thread-safe. */
interface SendLog {
    /** Before the first byte of a message leaves for the first time. */
    void attempted(String device, String boot, long seq, long tsMillis, List<String> metrics);

    /** The broker has taken it over. */
    void acked(String device, String boot, long seq);

    static SendLog of(Ledger ledger) {
        return new SendLog() {
            @Override
            public void attempted(String device, String boot, long seq, long tsMillis, List<String> metrics) {
                ledger.attempted(device, boot, seq, tsMillis, metrics);
            }

            @Override
            public void acked(String device, String boot, long seq) {
                ledger.acked(device, boot, seq);
            }
        };
    }
}
