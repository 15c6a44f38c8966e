package io.yiwang.ingest.hj212;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Addresses that have shown too many wrong passwords: a logger's password has six characters, and nobody shall have the time to try them
 * all. Connections on which a logger has introduced itself are not touched, because several loggers can share an address.
 */
final class BarredAddresses {
    /** So many within {@link #WITHIN_MILLIS} and the address is barred. */
    static final int MOST_WRONG = 30;

    static final long WITHIN_MILLIS = 60_000;
    static final long BARRED_MILLIS = 60_000;
    private static final int MOST_ADDRESSES = 10_000;

    private record Tries(int wrong, long sinceMillis, long barredUntilMillis) {}

    private final Map<String, Tries> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    /** A wrong password; true when that bars its address. */
    synchronized boolean wrong(String address, long nowMillis) {
        var tries = addresses.get(address);
        if (tries == null || nowMillis - tries.sinceMillis > WITHIN_MILLIS) {
            tries = new Tries(0, nowMillis, tries == null ? nowMillis : tries.barredUntilMillis);
        }
        boolean tooMany = tries.wrong + 1 >= MOST_WRONG;
        addresses.put(
                address,
                new Tries(
                        tries.wrong + 1,
                        tries.sinceMillis,
                        tooMany ? nowMillis + BARRED_MILLIS : tries.barredUntilMillis));
        return tooMany;
    }

    synchronized boolean isBarred(String address, long nowMillis) {
        var tries = addresses.get(address);
        return tries != null && nowMillis < tries.barredUntilMillis;
    }
}
