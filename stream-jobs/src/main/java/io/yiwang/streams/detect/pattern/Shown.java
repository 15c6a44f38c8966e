package io.yiwang.streams.detect.pattern;

import io.yiwang.streams.detect.course.Episode;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Where which symptoms showed lately and show now. Mutable; the same whatever the order in which the places spoke. Of one symptom at one
 * point the newest {@value #MOST_SPELLS} spells are kept.
 */
public final class Shown {
    static final int MOST_SPELLS = 16;

    private static final int VERSION = 1;
    private static final TreeMap<String, TreeMap<String, List<Spell>>> NOWHERE = new TreeMap<>();

    /** By symptom, facility and device; oldest first, never empty. */
    private final TreeMap<String, TreeMap<String, TreeMap<String, List<Spell>>>> spells = new TreeMap<>();

    /**
     * A time during which a symptom showed at a point. Times are event times, epoch ms.
     *
     * @param endMillis {@link Signal#OPEN} while it lasts
     * @param peak worst value so far, in the metric's unit
     */
    public record Spell(long onsetMillis, long raisedMillis, long endMillis, double peak) {
        public static Spell of(Episode episode) {
            return new Spell(episode.onsetMillis(), episode.raisedMillis(), episode.endMillis(), episode.peak());
        }

        public boolean isOpen() {
            return endMillis == Signal.OPEN;
        }

        /** The same symptom at the same point would be one spell with this one. */
        private boolean reaches(long onsetMillis) {
            return isOpen() || endMillis >= onsetMillis - Signal.RETURN_MILLIS;
        }
    }

    /**
     * The newest spell of a symptom at a point, as it is known now; what was told of its time and later is replaced.
     *
     * @return whether anything changed
     */
    public boolean see(String facility, String device, String symptom, Spell spell) {
        var known = spells.computeIfAbsent(symptom, s -> new TreeMap<>())
                .computeIfAbsent(facility, f -> new TreeMap<>())
                .computeIfAbsent(device, d -> new ArrayList<>());
        if (!known.isEmpty() && known.get(known.size() - 1).equals(spell)) {
            return false;
        }
        known.removeIf(other -> other.reaches(spell.onsetMillis) || other.onsetMillis > spell.onsetMillis);
        if (known.size() == MOST_SPELLS) {
            known.remove(0);
        }
        known.add(spell);
        return true;
    }

    /**
     * A late reading shows that the symptom did not show at the point from some time on.
     *
     * @return whether anything changed
     */
    public boolean never(String facility, String device, String symptom, long fromMillis) {
        var known = of(symptom).getOrDefault(facility, new TreeMap<>()).get(device);
        boolean changed = known != null && known.removeIf(spell -> spell.onsetMillis >= fromMillis);
        if (changed) {
            tidy();
        }
        return changed;
    }

    /** What a facility shows is not known any more, such as when it left the catalogue. */
    public void forget(String facility) {
        spells.values().forEach(facilities -> facilities.remove(facility));
        tidy();
    }

    /**
     * Forgets what was over before.
     *
     * @return facilities of which something was forgotten, sorted
     */
    public Set<String> forget(long beforeMillis) {
        return forget(symptom -> true, beforeMillis);
    }

    /** Forgets of some symptoms what was over before; returns the same. */
    Set<String> forget(Predicate<String> symptoms, long beforeMillis) {
        var changed = new TreeSet<String>();
        for (var symptom : spells.entrySet()) {
            if (!symptoms.test(symptom.getKey())) {
                continue;
            }
            symptom.getValue()
                    .forEach((facility, devices) -> devices.values().forEach(all -> {
                        if (all.removeIf(spell -> spell.endMillis < beforeMillis)) {
                            changed.add(facility);
                        }
                    }));
        }
        tidy();
        return changed;
    }

    private void tidy() {
        spells.values().removeIf(facilities -> {
            facilities.values().removeIf(devices -> {
                devices.values().removeIf(List::isEmpty);
                return devices.isEmpty();
            });
            return facilities.isEmpty();
        });
    }

    public boolean isEmpty() {
        return spells.isEmpty();
    }

    Set<String> symptoms() {
        return spells.keySet();
    }

    /** By facility and device: where the symptom shows or showed, oldest first. */
    Map<String, TreeMap<String, List<Spell>>> of(String symptom) {
        return spells.getOrDefault(symptom, NOWHERE);
    }

    /** What one facility shows. */
    Shown only(String facility) {
        var only = new Shown();
        spells.forEach((symptom, facilities) -> {
            var devices = facilities.get(facility);
            if (devices != null) {
                only.spells.computeIfAbsent(symptom, s -> new TreeMap<>()).put(facility, devices);
            }
        });
        return only;
    }

    /** Takes over what another one knows of facilities that this one knows nothing of. */
    void add(Shown other) {
        other.spells.forEach((symptom, facilities) ->
                spells.computeIfAbsent(symptom, s -> new TreeMap<>()).putAll(facilities));
    }

    /** When the oldest of the symptoms that show was told, epoch ms; {@link Signal#OPEN} when none shows. */
    long oldestOpenMillis() {
        long oldest = Signal.OPEN;
        for (var facilities : spells.values()) {
            for (var devices : facilities.values()) {
                for (var all : devices.values()) {
                    var newest = all.get(all.size() - 1);
                    if (newest.isOpen()) {
                        oldest = Math.min(oldest, newest.raisedMillis);
                    }
                }
            }
        }
        return oldest;
    }

    public Shown copy() {
        var copy = new Shown();
        spells.forEach((symptom, facilities) -> {
            var to = new TreeMap<String, TreeMap<String, List<Spell>>>();
            facilities.forEach((facility, devices) -> {
                var copied = new TreeMap<String, List<Spell>>();
                devices.forEach((device, all) -> copied.put(device, new ArrayList<>(all)));
                to.put(facility, copied);
            });
            copy.spells.put(symptom, to);
        });
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(spells.values().stream()
                .flatMap(facilities -> facilities.values().stream())
                .mapToInt(Map::size)
                .sum());
        for (var symptom : spells.entrySet()) {
            for (var facility : symptom.getValue().entrySet()) {
                for (var device : facility.getValue().entrySet()) {
                    out.writeUTF(symptom.getKey());
                    out.writeUTF(facility.getKey());
                    out.writeUTF(device.getKey());
                    out.writeByte(device.getValue().size());
                    var peaks = new Compact();
                    long before = 0;
                    for (var spell : device.getValue()) {
                        Compact.writeLong(out, spell.onsetMillis - before);
                        Compact.writeLong(out, spell.raisedMillis - spell.onsetMillis);
                        out.writeBoolean(spell.isOpen());
                        if (!spell.isOpen()) {
                            Compact.writeLong(out, spell.endMillis - spell.raisedMillis);
                        }
                        peaks.write(out, spell.peak);
                        before = spell.raisedMillis;
                    }
                }
            }
        }
    }

    /** @throws IOException also when it was written by a newer version */
    public static Shown read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("symptoms of version " + version + " cannot be read");
        }
        var shown = new Shown();
        int places = in.readInt();
        for (int i = 0; i < places; i++) {
            var all = shown.spells
                    .computeIfAbsent(in.readUTF(), s -> new TreeMap<>())
                    .computeIfAbsent(in.readUTF(), f -> new TreeMap<>())
                    .computeIfAbsent(in.readUTF(), d -> new ArrayList<>());
            int size = in.readUnsignedByte();
            var peaks = new Compact();
            long before = 0;
            for (int j = 0; j < size; j++) {
                long onset = before + Compact.readLong(in);
                long raised = onset + Compact.readLong(in);
                long end = in.readBoolean() ? Signal.OPEN : raised + Compact.readLong(in);
                all.add(new Spell(onset, raised, end, peaks.read(in)));
                before = raised;
            }
        }
        return shown;
    }
}
