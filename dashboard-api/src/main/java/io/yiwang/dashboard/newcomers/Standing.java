package io.yiwang.dashboard.newcomers;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.model.wire.Device;
import org.jspecify.annotations.Nullable;

/** Where somebody who knocked stands. */
enum Standing {
    /** Somebody has to decide. */
    @JsonProperty("waiting")
    WAITING,
    @JsonProperty("dismissed")
    DISMISSED,
    /** It is in: nothing that it showed lately is unknown. */
    @JsonProperty("settled")
    SETTLED;

    /** The device that knocked, or that its name is used; null when there is none such. */
    static Assets.@Nullable DeviceAt known(Knocker knocker, Assets assets) {
        // The MQTT door goes by the device's id only; a broker and a data logger may use the name it has outside.
        var found =
                knocker.door().equals(Knocker.MQTT) ? assets.device(knocker.id()) : assets.deviceCalled(knocker.id());
        return found.orElse(null);
    }

    static Standing of(Knocker knocker, @Nullable Decision decision, @Nullable Device known) {
        if (decision != null && decision.kind() == Decision.Kind.DISMISSED) {
            return DISMISSED;
        }
        long newest = knocker.showings().stream()
                .filter(shown -> !fits(knocker, shown, known))
                .mapToLong(Knocker.Shown::lastMillis)
                .max()
                .orElse(Long.MIN_VALUE);
        boolean decided = decision != null && newest <= decision.lastMillis();
        return newest == Long.MIN_VALUE || decided ? SETTLED : WAITING;
    }

    /** Whether the device would be let in with this. */
    private static boolean fits(Knocker knocker, Knocker.Shown shown, @Nullable Device known) {
        if (known == null) {
            return false;
        }
        return knocker.door().equals(Knocker.BRIDGE)
                || shown.credential() != null
                        && known.hasCredential()
                        && shown.credential()
                                .getHash()
                                .equals(known.getCredential().getHash());
    }
}
