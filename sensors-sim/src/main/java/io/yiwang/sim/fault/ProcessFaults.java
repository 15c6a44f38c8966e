package io.yiwang.sim.fault;

import io.yiwang.sim.signal.Physics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the faults of the process do to the values that they name. Of several devices alike one is struck; what is added spreads and
 * reaches the others weaker.
 */
final class ProcessFaults implements Physics.Disturbance {
    private static final double SHARE_AT_OTHER_DEVICES = 0.4;

    private final Map<Place, List<Hit>> hits = new HashMap<>();
    private long sinceMillis = Long.MAX_VALUE;

    /** A metric or hidden quantity of a facility. */
    record Place(String facility, String name) {}

    /**
     * @param n which of the devices that measure it; 0 = it is one and the same for the whole facility
     */
    record Hit(Strike strike, int n) {
        double share(int seenBy) {
            if (n == 0 || n == seenBy) {
                return 1;
            }
            return switch (strike.effect().op()) {
                case ADD, ADD_SPAN, ADD_SIGMA -> SHARE_AT_OTHER_DEVICES;
                default -> 0;
            };
        }
    }

    void add(Place place, Hit hit) {
        hits.computeIfAbsent(place, p -> new ArrayList<>()).add(hit);
        sinceMillis = Math.min(sinceMillis, hit.strike().run().fromMillis());
    }

    /** The same with {@code run} in place of the earlier one of its id; without an earlier one nothing changes. */
    ProcessFaults with(FaultRun run) {
        var copy = new ProcessFaults();
        hits.forEach((place, list) -> list.forEach(hit -> {
            var strike = hit.strike;
            copy.add(
                    place,
                    strike.run().id().equals(run.id())
                            ? new Hit(new Strike(run, strike.effect(), strike.metric(), strike.deviation()), hit.n)
                            : hit);
        }));
        return copy;
    }

    /** As the first of several devices sees it, for a value whose course does not matter. */
    @Override
    public Physics.@Nullable Change at(String facility, String name, long millis) {
        var touch = of(facility, name);
        return touch == null || !touch.acts(1, millis) ? null : healthy -> touch.value(1, millis, then -> healthy);
    }

    @Override
    public Physics.@Nullable Touch of(String facility, String name) {
        var here = hits.get(new Place(facility, name));
        if (here == null) {
            return null;
        }
        var own = List.copyOf(here);
        return new Physics.Touch() {
            @Override
            public boolean acts(int n, long millis) {
                for (var hit : own) {
                    if (hit.strike.acts(millis) && hit.share(n) > 0) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public double value(int n, long millis, LongToDoubleFunction healthy) {
                var value = healthy.applyAsDouble(millis);
                for (var hit : own) {
                    var share = hit.share(n);
                    if (share > 0 && hit.strike.acts(millis)) {
                        value = hit.strike.clamped(hit.strike.applied(value, share, millis, healthy));
                    }
                }
                return value;
            }
        };
    }

    @Override
    public long sinceMillis() {
        return sinceMillis;
    }
}
