package io.yiwang.streams.rates;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Operating;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of one facility: which of its points are due how often, and how its operating state is read. Made from the
 * catalogue and the packs; immutable.
 *
 * <p>A <i>track</i> is a series of readings that each hold for a while. State tracks hold the readings of an operating metric for
 * three of its periods. An operating metric that is sent on change only has no period: its state holds as long as its device is
 * heard (the facility, when nothing of the device has a period), so it comes with presence tracks, one per period of the points
 * that show presence.
 */
final class Plan {
    /** A reading counts for this many periods of its point. */
    static final int PERIODS_HELD = 3;
    /** Hold of a state sent on change only, s. */
    static final long FOREVER = Long.MAX_VALUE / 4;

    /**
     * What a point takes part in; −1 = in none.
     *
     * @param slot index among {@link #slotPeriods}
     * @param state index of its state track
     * @param presence indexes of the presence tracks that a good reading of it marks
     */
    record Point(int slot, int state, int[] presence) {}

    /**
     * One thing whose running makes the facility run.
     *
     * @param state its state track; −1 = present is running
     * @param presence tracks of which one must hold for the state to be known; empty = none must
     */
    record Source(int state, int[] presence) {}

    final String facility;
    final String domain;
    final String district;
    final boolean inService;
    final Operating operating;
    final List<String> slotKeys = new ArrayList<>();
    final List<String> trackKeys = new ArrayList<>();
    final List<Source> sources = new ArrayList<>();
    private final List<Integer> slotPeriodList = new ArrayList<>();
    private final List<Long> holdList = new ArrayList<>();
    private final Map<String, Map<String, Point>> points = new HashMap<>();
    /** Period of each slotted point, s. */
    final int[] slotPeriods;
    /** How long a reading of each track holds, s. */
    final long[] holds;

    private Plan(FacilityAsset asset, Operating operating, DomainPacks packs) {
        facility = asset.id();
        domain = asset.domain();
        district = asset.district();
        inService = asset.inService();
        this.operating = operating;

        // Group "" is the whole facility, otherwise a device.
        var periods = new LinkedHashMap<String, Map<String, Integer>>();
        var shown = new TreeMap<String, TreeMap<Integer, Integer>>();
        boolean whileReporting = operating.metric() == null;
        if (whileReporting) {
            shown.put("", new TreeMap<>());
        }
        for (var device : asset.devices()) {
            var own = new LinkedHashMap<String, Integer>();
            for (var point : device.points()) {
                own.put(point.metric(), period(point, packs));
            }
            periods.put(device.id(), own);
        }
        periods.forEach((device, own) -> {
            var stateMetric = operating.metric();
            if (stateMetric != null && Integer.valueOf(0).equals(own.get(stateMetric))) {
                boolean heard = own.values().stream().anyMatch(period -> period > 0);
                shown.put(heard ? device : "", new TreeMap<>());
            }
        });
        shown.forEach((group, byPeriod) -> periods.forEach((device, own) -> {
            if (group.isEmpty() || group.equals(device)) {
                own.values().stream()
                        .filter(period -> period > 0)
                        .forEach(period ->
                                byPeriod.computeIfAbsent(period, p -> track(group + "@" + p, (long) PERIODS_HELD * p)));
            }
        }));
        periods.forEach((device, own) -> {
            var planned = new HashMap<String, Point>();
            own.forEach((metric, period) -> {
                var key = device + "." + metric + "@" + period;
                int slot = -1;
                if (period > 0) {
                    slot = slotKeys.size();
                    slotKeys.add(key);
                    slotPeriodList.add(period);
                }
                int state = -1;
                if (metric.equals(operating.metric())) {
                    state = track(key, period > 0 ? (long) PERIODS_HELD * period : FOREVER);
                    sources.add(new Source(state, period > 0 ? new int[0] : presence(shown, device)));
                }
                planned.put(metric, new Point(slot, state, marks(shown, device, period)));
            });
            points.put(device, planned);
        });
        if (whileReporting) {
            sources.add(new Source(-1, presence(shown, "")));
        }
        slotPeriods = slotPeriodList.stream().mapToInt(Integer::intValue).toArray();
        holds = holdList.stream().mapToLong(Long::longValue).toArray();
    }

    /** A facility of a domain or type that no pack has runs while it reports. */
    static Plan of(FacilityAsset asset, DomainPacks packs) {
        var operating = packs.domain(asset.domain())
                .map(domain -> domain.typesById().get(asset.type()))
                .map(type -> type.operating())
                .orElse(Operating.WHILE_REPORTING);
        return new Plan(asset, operating, packs);
    }

    /** Null when the catalogue has no such point. */
    @Nullable
    Point point(String device, String metric) {
        var own = points.get(device);
        return own == null ? null : own.get(metric);
    }

    /** Whether minutes counted under the one may be recounted under the other. */
    boolean countsLike(Plan other) {
        return domain.equals(other.domain)
                && district.equals(other.district)
                && operating.equals(other.operating)
                && slotKeys.equals(other.slotKeys)
                && trackKeys.equals(other.trackKeys);
    }

    private int track(String key, long hold) {
        trackKeys.add(key);
        holdList.add(hold);
        return trackKeys.size() - 1;
    }

    private static int period(FacilityAsset.PointAsset point, DomainPacks packs) {
        return point.periodSeconds() > 0
                ? point.periodSeconds()
                : packs.metric(point.metric()).map(metric -> metric.period()).orElse(0);
    }

    private static int[] presence(TreeMap<String, TreeMap<Integer, Integer>> shown, String device) {
        var group = shown.containsKey(device) ? shown.get(device) : shown.get("");
        return group == null
                ? new int[0]
                : group.values().stream().mapToInt(Integer::intValue).toArray();
    }

    /** A reading on change shows presence for as long as the most frequent one does. */
    private static int[] marks(TreeMap<String, TreeMap<Integer, Integer>> shown, String device, int period) {
        var marks = new ArrayList<Integer>();
        for (var group : List.of("", device)) {
            var byPeriod = shown.get(group);
            if (byPeriod != null && !byPeriod.isEmpty()) {
                marks.add(
                        period > 0
                                ? byPeriod.get(period)
                                : byPeriod.firstEntry().getValue());
            }
        }
        return marks.stream().mapToInt(Integer::intValue).toArray();
    }
}
