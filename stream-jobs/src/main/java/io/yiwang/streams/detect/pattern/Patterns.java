package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Pattern.Part;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.pattern.Incident.Ending;
import io.yiwang.streams.detect.pattern.Incident.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The patterns of a pack over what shows. A function of the set of spells: in which order they became known does not matter.
 *
 * <p>A part is there at a time when, at as many points as it wants, its symptom showed within the pattern's time before: what lasts (above,
 * below, swings, still, state) touched it, what happens at a moment (rises, falls) was told in it. An incident begins when a symptom is told
 * that makes enough parts be there while none that speaks against it is, also none that began before and was told only later. It lasts
 * while as many of its parts that last hold as held together at most, or as the pattern wants if that is less; where there are none, while
 * one of its changes holds. What speaks against it ends it.
 */
public final class Patterns {
    private static final Comparator<Incident> WORST_FIRST = Comparator.comparingInt(
                    (Incident incident) -> incident.pattern().grade())
            .thenComparingLong(Incident::raisedMillis)
            .thenComparingInt(incident -> -incident.pattern().atLeast())
            .thenComparing(Incident::facility)
            .thenComparing(incident -> incident.pattern().id());
    private static final Comparator<Incident> OLDEST_FIRST = Comparator.comparingLong(Incident::raisedMillis)
            .thenComparing(Incident::facility)
            .thenComparing(incident -> incident.pattern().id());

    private final Domain domain;
    private final Map<String, Symptom> symptoms = new HashMap<>();
    private final Set<Pattern> alone;
    private final Set<String> mattersElsewhere = new HashSet<>();
    private final long longestMillis;

    /** A network seen from one of its facilities. */
    @FunctionalInterface
    interface View {
        /** Whether the facility is there. */
        boolean isAt(Neighbourhood where, String facility);
    }

    /** @param domain its pack's patterns and symptoms fit together */
    public Patterns(Domain domain) {
        this.domain = domain;
        domain.symptoms().forEach(symptom -> symptoms.put(symptom.id(), symptom));
        alone = domain.patternsAlone();
        domain.patterns().stream()
                .filter(pattern -> !isAlone(pattern))
                .flatMap(pattern -> Stream.concat(pattern.parts().stream(), pattern.unless().stream()))
                .forEach(part -> mattersElsewhere.add(part.symptom()));
        longestMillis = domain.patterns().stream()
                .mapToLong(pattern -> 1000L * pattern.withinSeconds())
                .max()
                .orElse(0);
    }

    /** Whether a facility of the type can judge the pattern by itself. */
    boolean isAlone(Pattern pattern) {
        return alone.contains(pattern);
    }

    /** Whether it is the rule of a pattern that takes a network to judge. */
    boolean judgesTogether(String rule) {
        return domain.patterns().stream().anyMatch(pattern -> !isAlone(pattern) && rule.equals(pattern.rule()));
    }

    /** Patterns of the facility type that it can judge by itself, in pack order. */
    private List<Pattern> of(String type, boolean judgedAlone) {
        return domain.patterns().stream()
                .filter(pattern -> pattern.facilityTypes().contains(type) && isAlone(pattern) == judgedAlone)
                .toList();
    }

    /** Whether what a symptom does matters to a pattern that a facility cannot judge by itself. */
    public boolean mattersElsewhere(String symptom) {
        return mattersElsewhere.contains(symptom);
    }

    /** Whether what a symptom does matters to a pattern that a facility of the type can judge by itself. */
    public boolean mattersAlone(String symptom, String type) {
        return of(type, true).stream().anyMatch(pattern -> looksFor(pattern, symptom));
    }

    private static boolean looksFor(Pattern pattern, String symptom) {
        return Stream.concat(pattern.parts().stream(), pattern.unless().stream())
                .anyMatch(part -> part.symptom().equals(symptom));
    }

    /**
     * Where facilities may have an incident that a symptom is part of or speaks against, seen from the one that shows it, and their types.
     */
    Map<Neighbourhood, Set<String>> lookers(String symptom) {
        var lookers = new EnumMap<Neighbourhood, Set<String>>(Neighbourhood.class);
        for (var pattern : domain.patterns()) {
            if (!isAlone(pattern)) {
                Stream.concat(pattern.parts().stream(), pattern.unless().stream())
                        .filter(part -> part.symptom().equals(symptom))
                        .forEach(part -> lookers.computeIfAbsent(from(part.at()), at -> new TreeSet<>())
                                .addAll(pattern.facilityTypes()));
            }
        }
        return lookers;
    }

    /** Where the looker is, seen from what it looks at. */
    private static Neighbourhood from(Neighbourhood at) {
        return switch (at) {
            case UPSTREAM -> Neighbourhood.DOWNSTREAM;
            case DOWNSTREAM -> Neighbourhood.UPSTREAM;
            default -> at;
        };
    }

    public boolean knows(String symptom) {
        return symptoms.containsKey(symptom);
    }

    /** Metric of the symptom. */
    public String metric(String symptom) {
        var known = symptoms.get(symptom);
        if (known == null) {
            throw new IllegalArgumentException("domain " + domain.id() + " has no symptom " + symptom);
        }
        return known.metric();
    }

    /**
     * The incidents of a facility that it can tell by itself, one for each event, oldest first.
     *
     * @param type facility type
     * @param setting of a pattern at the facility
     */
    public List<Incident> alone(
            String facility, String type, Shown shown, Function<String, FacilityRules.Learned> setting) {
        var all = new ArrayList<Incident>();
        for (var pattern : of(type, true)) {
            var set = setting.apply(pattern.id());
            if (!set.disabled()) {
                var judged = set.grade() == 0 ? pattern : pattern.ofGrade(set.grade());
                all.addAll(evaluate(judged, facility, (where, other) -> other.equals(facility), shown));
            }
        }
        return oneForEachEvent(all);
    }

    /** The incidents of a facility that take its network to tell; several may be of one event, see {@link #oneForEachEvent}. */
    List<Incident> together(String facility, String type, View view, Shown shown) {
        var all = new ArrayList<Incident>();
        for (var pattern : of(type, false)) {
            all.addAll(evaluate(pattern, facility, view, shown));
        }
        return all;
    }

    /**
     * Event time before which nothing that was over then can matter any more, epoch ms.
     *
     * @param oldestOpenMillis when the oldest incident that lasts was raised; {@link Signal#OPEN} when none does
     * @param nowMillis newest event time
     */
    public long forgettableBefore(Shown shown, long oldestOpenMillis, long nowMillis) {
        // What lasts may belong to something that was over before it began.
        long from =
                Math.min(nowMillis - IncidentHistory.KEPT_MILLIS, Math.min(shown.oldestOpenMillis(), oldestOpenMillis));
        return from - longestMillis - Signal.RETURN_MILLIS;
    }

    /** What is looked for at one place. */
    private record Shows(Member member, boolean change, Point point) {
        long raisedMillis() {
            return member.spell().raisedMillis();
        }

        long endMillis() {
            return member.spell().endMillis();
        }

        /** Whether it was told by then, and was there within the time before. */
        boolean isThere(long millis, long withinMillis) {
            return raisedMillis() <= millis && (change ? raisedMillis() : endMillis()) >= millis - withinMillis;
        }

        /** Whether it had begun by then, and was there within the time before. */
        boolean speaksAgainst(long millis, long withinMillis) {
            return member.spell().onsetMillis() <= millis
                    && (change ? raisedMillis() : endMillis()) >= millis - withinMillis;
        }

        boolean holds(long millis) {
            return raisedMillis() <= millis && millis < endMillis();
        }
    }

    private record Point(String facility, String device) {}

    /** Everything that a part may be made of. */
    private List<Shows> shows(Part part, View view, Shown shown) {
        var all = new ArrayList<Shows>();
        var symptom = symptoms.get(part.symptom());
        shown.of(symptom.id()).forEach((facility, devices) -> {
            if (view.isAt(part.at(), facility)) {
                devices.forEach((device, spells) -> spells.forEach(spell -> all.add(new Shows(
                        new Member(facility, device, symptom.metric(), symptom.id(), spell),
                        symptom.sign().isChange(),
                        new Point(facility, device)))));
            }
        });
        return all;
    }

    @FunctionalInterface
    private interface Test {
        boolean of(Shows shows);
    }

    /** How many of the parts pass the test at as many points as they want. */
    private static int count(List<Part> parts, List<List<Shows>> shows, Test test) {
        int count = 0;
        for (int i = 0; i < parts.size(); i++) {
            var points = new HashSet<Point>();
            for (var one : shows.get(i)) {
                if (test.of(one)) {
                    points.add(one.point);
                }
            }
            if (points.size() >= parts.get(i).points()) {
                count++;
            }
        }
        return count;
    }

    private List<Incident> evaluate(Pattern pattern, String facility, View view, Shown shown) {
        var parts = pattern.parts();
        var shows = parts.stream().map(part -> shows(part, view, shown)).toList();
        if (count(parts, shows, one -> true) < pattern.atLeast()) {
            return List.of();
        }
        var against =
                pattern.unless().stream().map(part -> shows(part, view, shown)).toList();
        long within = 1000L * pattern.withinSeconds();
        var incidents = new ArrayList<Incident>();
        long over = Long.MIN_VALUE;
        var times = new TreeSet<Long>();
        shows.forEach(part -> part.forEach(one -> times.add(one.raisedMillis())));
        for (long begin : times) {
            if (begin < over
                    || isSpokenAgainst(pattern, against, begin, within)
                    || count(parts, shows, one -> one.isThere(begin, within)) < pattern.atLeast()
                    || count(parts, shows, one -> one.holds(begin) || one.raisedMillis() == begin) == 0) {
                continue;
            }
            over = end(pattern, shows, against, begin, within);
            boolean refuted = over != Signal.OPEN && isSpokenAgainst(pattern, against, over, within);
            incidents.add(new Incident(
                    facility,
                    pattern,
                    onset(shows, begin),
                    begin,
                    over,
                    refuted ? Ending.REFUTED : Ending.OVER,
                    members(shows, begin, over, within)));
        }
        return incidents;
    }

    private static boolean isSpokenAgainst(Pattern pattern, List<List<Shows>> against, long millis, long within) {
        return count(pattern.unless(), against, one -> one.speaksAgainst(millis, within)) > 0;
    }

    private static long end(
            Pattern pattern, List<List<Shows>> shows, List<List<Shows>> against, long begin, long within) {
        var times = new TreeSet<Long>();
        times.add(begin);
        shows.forEach(part -> part.forEach(one -> {
            times.add(one.raisedMillis());
            times.add(one.endMillis());
        }));
        against.forEach(part -> part.forEach(one -> times.add(one.member.spell().onsetMillis())));
        int most = 0;
        for (long time : times.tailSet(begin)) {
            int lasting = count(pattern.parts(), shows, one -> !one.change && one.holds(time));
            boolean holds = most > 0
                    ? lasting >= most
                    : lasting > 0 || count(pattern.parts(), shows, one -> one.holds(time)) > 0;
            if (!holds || isSpokenAgainst(pattern, against, time, within)) {
                return time;
            }
            most = Math.max(most, Math.min(pattern.atLeast(), lasting));
        }
        return Signal.OPEN;
    }

    private static long onset(List<List<Shows>> shows, long begin) {
        long onset = begin;
        for (var part : shows) {
            for (var one : part) {
                if (one.raisedMillis() == begin) {
                    onset = Math.min(onset, one.member.spell().onsetMillis());
                }
            }
        }
        return onset;
    }

    private static List<Member> members(List<List<Shows>> shows, long begin, long end, long within) {
        var members = new TreeSet<Member>();
        for (var part : shows) {
            for (var one : part) {
                if (one.raisedMillis() <= end
                        && (one.change ? one.raisedMillis() : one.endMillis()) >= begin - within) {
                    members.add(one.member);
                }
            }
        }
        return List.copyOf(members);
    }

    /**
     * Of incidents that see something at the same point, one speaks for all: the one of the worst grade, then the earliest, then the one whose
     * pattern wants more. What it took over are its members too. A milder one that was told before ends when the worse one is told; one that
     * would be told while the other lasts, or within its pattern's time after (unless it was
     * refuted), is not told. Oldest first.
     */
    static List<Incident> oneForEachEvent(List<Incident> incidents) {
        var worstFirst = new ArrayList<>(incidents);
        worstFirst.sort(WORST_FIRST);
        var told = new ArrayList<Incident>();
        for (var incident : worstFirst) {
            int speaker = -1;
            for (int i = 0; i < told.size() && speaker < 0; i++) {
                speaker = isOneEvent(told.get(i), incident) ? i : -1;
            }
            if (speaker < 0) {
                told.add(incident);
                continue;
            }
            var other = told.get(speaker);
            var members = new TreeSet<>(other.members());
            members.addAll(incident.members());
            told.set(speaker, other.with(List.copyOf(members)));
            if (incident.raisedMillis() < other.raisedMillis()) {
                told.add(
                        incident.endMillis() < other.raisedMillis()
                                ? incident
                                : incident.takenOverAt(other.raisedMillis()));
            }
        }
        told.sort(OLDEST_FIRST);
        return told;
    }

    private static boolean isOneEvent(Incident speaker, Incident incident) {
        long after = speaker.ending() == Ending.REFUTED
                ? -1
                : 1000L * speaker.pattern().withinSeconds();
        boolean meet = incident.endMillis() >= speaker.raisedMillis()
                && (speaker.isOpen() || incident.raisedMillis() - after <= speaker.endMillis());
        return meet && speaker.meets(incident);
    }
}
