package io.yiwang.model.rule;

import java.util.List;
import java.util.Map;

/**
 * What holds at one facility during a stretch of log time.
 *
 * @param limits in the order of devices and packs, then those that people made, by id
 * @param maintenance windows that are planned, being or past
 * @param learned settings of what is learned, by point id; a point without one is learned as usual
 * @param joint settings of what is learned of a device's points together, by device id
 * @param patterns settings of incidents, by the pattern's id
 * @param untilMillis log clock at which something else holds; {@code Long.MAX_VALUE} = nothing else is known
 * @param refused rules of people that cannot be evaluated here, so that the next wider word holds; sentences
 */
public record FacilityRules(
        List<PlacedRule> limits,
        List<Window> maintenance,
        Map<String, Learned> learned,
        Map<String, Learned> joint,
        Map<String, Learned> patterns,
        long untilMillis,
        List<String> refused) {

    public FacilityRules {
        limits = List.copyOf(limits);
        maintenance = List.copyOf(maintenance);
        learned = Map.copyOf(learned);
        joint = Map.copyOf(joint);
        patterns = Map.copyOf(patterns);
        refused = List.copyOf(refused);
    }

    /**
     * Work at the facility or at one of its devices, in event time; the end is not part of it.
     *
     * @param device empty = all of the facility
     */
    public record Window(String id, String device, long fromMillis, long toMillis) {
        boolean holds(String at, long eventMillis) {
            return eventMillis >= fromMillis && eventMillis < toMillis && (device.isEmpty() || device.equals(at));
        }
    }

    /**
     * How something that the packs give no number for is judged.
     *
     * @param grade 1 to 4; 0 = the usual one
     * @param version of the setting; 0 = nobody set anything
     */
    public record Learned(boolean disabled, int grade, int version) {
        public static final Learned AS_USUAL = new Learned(false, 0, 0);
    }

    /** Whether somebody works at the device then. */
    public boolean isUnderMaintenance(String device, long eventMillis) {
        for (var window : maintenance) {
            if (window.holds(device, eventMillis)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The end of all work at the device that goes on then, epoch ms; {@code eventMillis} itself when nobody works there. Windows that
     * follow each other without a gap are one.
     */
    public long maintenanceEndMillis(String device, long eventMillis) {
        long end = eventMillis;
        for (boolean later = true; later; ) {
            later = false;
            for (var window : maintenance) {
                if (window.holds(device, end)) {
                    end = window.toMillis;
                    later = true;
                }
            }
        }
        return end;
    }

    /** @param point device + "." + metric */
    public Learned learned(String point) {
        return learned.getOrDefault(point, Learned.AS_USUAL);
    }

    public Learned joint(String device) {
        return joint.getOrDefault(device, Learned.AS_USUAL);
    }

    /** @param id of the pattern in its pack */
    public Learned pattern(String id) {
        return patterns.getOrDefault(id, Learned.AS_USUAL);
    }
}
