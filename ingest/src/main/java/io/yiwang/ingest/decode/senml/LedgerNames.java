package io.yiwang.ingest.decode.senml;

import io.yiwang.ingest.catalogue.Catalogue;

/**
 * Reads names by what the ledger knows, in this order:
 *
 * <ol>
 *   <li>the whole name is a point of the sender (its metric or its source): that one;
 *   <li>the longest beginning before a {@code :}, {@code /} or {@code .} is a device (its id or its external id): that device, and what
 *       follows is the point;
 *   <li>otherwise the sender's own, and the point is what follows the last of these signs.
 * </ol>
 */
public final class LedgerNames implements SenmlNames {
    private final Catalogue catalogue;

    public LedgerNames(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public Meaning of(String sender, String name) {
        var device = catalogue.deviceCalled(sender);
        if (device != null && device.points().containsKey(name)) {
            return new Meaning("", name);
        }
        int last = -1;
        for (int i = name.length() - 1; i > 0; i--) {
            if (!isSeparator(name.charAt(i)) || i == name.length() - 1) {
                continue;
            }
            last = Math.max(last, i);
            var known = catalogue.deviceCalled(name.substring(0, i));
            if (known != null) {
                return new Meaning(known.id(), name.substring(i + 1));
            }
        }
        return new Meaning("", name.substring(last + 1));
    }

    private static boolean isSeparator(char c) {
        return c == ':' || c == '/' || c == '.';
    }
}
