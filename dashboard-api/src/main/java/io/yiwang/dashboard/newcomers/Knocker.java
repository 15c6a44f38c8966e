package io.yiwang.dashboard.newcomers;

import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who wanted in, as all doors together saw it. Times are epoch ms by the city's clock.
 *
 * @param id what it calls itself; anything
 * @param door {@code mqtt}, {@code bridge} or {@code hj212}
 * @param user the user name that it gave, when that is not its id
 * @param addresses the last one first
 * @param topic where it published; empty when it was turned away before
 * @param payload the beginning of what it published
 * @param otherAttempts attempts with secrets that are not among the showings any more
 * @param showings each different secret once, the last one first; never empty
 */
record Knocker(
        String id,
        String door,
        String user,
        List<String> addresses,
        String topic,
        byte[] payload,
        long firstMillis,
        long lastMillis,
        long attempts,
        long otherAttempts,
        List<Shown> showings) {
    static final String MQTT = "mqtt";
    static final String BRIDGE = "bridge";
    static final String HJ212 = "hj212";

    Knocker {
        addresses = List.copyOf(addresses);
        showings = List.copyOf(showings);
    }

    /**
     * One secret that it showed.
     *
     * @param id names the showing while the dashboard runs; tells nothing of the secret
     * @param credential null: none was shown
     * @param shortSecret so short that its hash can be guessed
     * @param certificate subject of a verified certificate; empty without
     */
    record Shown(
            String id,
            @Nullable Credential credential,
            boolean shortSecret,
            String certificate,
            String address,
            long firstMillis,
            long lastMillis,
            long attempts) {}

    /** How many different secrets it showed, as far as is known. */
    int secrets() {
        return (int) showings.stream()
                        .filter(shown -> shown.credential() != null)
                        .count()
                + (otherAttempts > 0 ? 1 : 0);
    }

    /** Without the secret that the device has already: that one is nobody else's. */
    Knocker besides(@Nullable Device known) {
        if (known == null || !known.hasCredential()) {
            return this;
        }
        var own = known.getCredential().getHash();
        var others = showings.stream()
                .filter(shown -> shown.credential() == null
                        || !shown.credential().getHash().equals(own))
                .toList();
        return others.isEmpty()
                ? this
                : new Knocker(
                        id,
                        door,
                        user,
                        addresses,
                        topic,
                        payload,
                        firstMillis,
                        lastMillis,
                        attempts,
                        otherAttempts,
                        others);
    }

    Optional<Shown> showing(String showing) {
        return showings.stream().filter(shown -> shown.id().equals(showing)).findFirst();
    }
}
