package io.yiwang.sim.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a ledger folder says.
 *
 * @param devices entries by device id, ids ascending; only devices that attempted something
 * @param runs names of the runs found, ascending
 * @param startMillis when the oldest kept file was begun, epoch ms; {@link Long#MAX_VALUE} when there is none
 * @param horizonMillis message times up to here (epoch ms) may belong to dropped files, so that nothing stored there can be
 *     called a phantom; {@link Long#MIN_VALUE} when nothing was dropped
 * @param damaged files whose end could not be read (after a crash of the machine)
 */
public record LedgerContents(
        Map<String, DeviceEntries> devices,
        List<String> runs,
        long startMillis,
        long horizonMillis,
        List<Path> damaged) {

    public LedgerContents {
        runs = List.copyOf(runs);
        damaged = List.copyOf(damaged);
    }

    /** Messages in it. */
    public long messages() {
        return devices.values().stream().mapToLong(DeviceEntries::size).sum();
    }
}
