package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.NetworkChange;
import io.yiwang.model.wire.Alarm;
import io.yiwang.streams.detect.learned.LearnedCondition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The incidents of one domain that take more than one facility to tell. What was told at the same log clock is judged together, in the order
 * of the log clock: the same log gives the same announcements, however it was read.
 */
final class NetworkIncidents {
    /** Log clock between two times at which it is looked for what can be forgotten, ms. */
    static final long TIDY_MILLIS = 3_600_000;

    private final String domain;
    private final Patterns patterns;
    private final TreeMap<String, Link> links = new TreeMap<>();
    private final TreeMap<String, TreeSet<String>> fed = new TreeMap<>();
    private final Shown shown = new Shown();
    /** By rule and facility. */
    private final TreeMap<Key, IncidentHistory> histories = new TreeMap<>();
    /** By facility, of those that have any: what follows from what shows. */
    private final TreeMap<String, List<Incident>> incidents = new TreeMap<>();

    /** What many facilities do at once. */
    private List<Incident> crowds = List.of();

    private final Set<String> changed = new TreeSet<>();
    private final Set<Key> told = new TreeSet<>();
    private long nowMillis = Long.MIN_VALUE;
    private boolean derived;

    /** One pattern at one facility. */
    record Key(String facility, String rule) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = facility.compareTo(other.facility);
            return order != 0 ? order : rule.compareTo(other.rule);
        }
    }

    NetworkIncidents(Domain domain) {
        this.domain = domain.id();
        patterns = new Patterns(domain);
    }

    /** What was remembered, before anything else is told. */
    void recall(Collection<Link> links, Collection<Shown> shown, Map<Key, IncidentHistory> histories, long nowMillis) {
        links.forEach(this::place);
        shown.forEach(this.shown::add);
        this.histories.putAll(histories);
        this.nowMillis = nowMillis;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** Facilities whose {@link #shownAt} is to be remembered anew; each is named once. */
    Set<String> takeChanged() {
        var taken = new TreeSet<>(changed);
        changed.clear();
        return taken;
    }

    /** Empty when there is nothing to remember. */
    Shown shownAt(String facility) {
        return shown.only(facility);
    }

    /** Keys whose {@link #historyOf} is to be remembered anew; each is named once. */
    Set<Key> takeTold() {
        var taken = new TreeSet<>(told);
        told.clear();
        return taken;
    }

    /** An empty one when there is nothing to remember. */
    IncidentHistory historyOf(Key key) {
        return histories.getOrDefault(key, new IncidentHistory());
    }

    boolean isRemembered(Key key) {
        return histories.containsKey(key);
    }

    private void place(Link link) {
        var before = link.removed() ? links.remove(link.facility()) : links.put(link.facility(), link);
        if (before != null) {
            before.upstream()
                    .forEach(feeder -> fed.getOrDefault(feeder, new TreeSet<>()).remove(link.facility()));
        }
        link.upstream()
                .forEach(feeder ->
                        fed.computeIfAbsent(feeder, f -> new TreeSet<>()).add(link.facility()));
    }

    /** The catalogue changed. */
    void on(Link link, long logMillis, Consumer<Alarm> out) {
        if (link.equals(links.get(link.facility()))) {
            return;
        }
        if (shown.isEmpty() && histories.isEmpty()) {
            place(link);
            return;
        }
        derive();
        var around = new TreeSet<>(neighbours(link.facility()));
        place(link);
        around.addAll(neighbours(link.facility()));
        around.add(link.facility());
        if (link.removed()) {
            shown.forget(link.facility());
            changed.add(link.facility());
            incidents.remove(link.facility());
            for (var key : List.copyOf(histories.keySet())) {
                if (key.facility.equals(link.facility())) {
                    histories.remove(key).end(logMillis, out);
                    told.add(key);
                }
            }
        }
        around.forEach(this::evaluate);
        crowds = Crowd.of(shown, links.size());
        tell(false, logMillis, out);
    }

    /** @param showings all of one log clock, in the order in which each facility told them */
    void on(List<Showing> showings, long logMillis, Consumer<Alarm> out) {
        derive();
        nowMillis = Math.max(nowMillis, logMillis);
        boolean corrected = false;
        boolean unusual = false;
        var touched = new TreeSet<String>();
        for (var showing : showings) {
            if (!links.containsKey(showing.facility())) {
                continue;
            }
            boolean news = showing.isNever()
                    ? shown.never(showing.facility(), showing.device(), showing.symptom(), showing.onsetMillis())
                    : shown.see(
                            showing.facility(),
                            showing.device(),
                            showing.symptom(),
                            new Shown.Spell(
                                    showing.onsetMillis(),
                                    showing.raisedMillis(),
                                    showing.endMillis(),
                                    showing.peak()));
            if (news) {
                corrected |= showing.corrected();
                unusual |= LearnedCondition.isLearned(showing.symptom());
                changed.add(showing.facility());
                patterns.lookers(showing.symptom())
                        .forEach((where, types) -> facilities(where, showing.facility())
                                .forEach(facility -> {
                                    var link = links.get(facility);
                                    if (link != null && types.contains(link.type())) {
                                        touched.add(facility);
                                    }
                                }));
            }
        }
        touched.forEach(this::evaluate);
        if (unusual) {
            crowds = Crowd.of(shown, links.size());
        }
        if (!touched.isEmpty() || unusual) {
            tell(corrected, logMillis, out);
        }
    }

    /** What follows from what is remembered is not remembered. */
    private void derive() {
        if (!derived) {
            derived = true;
            links.keySet().forEach(this::evaluate);
            crowds = Crowd.of(shown, links.size());
        }
    }

    /** Whether there is anything that may be forgotten some day. */
    boolean isEmpty() {
        return shown.isEmpty() && histories.isEmpty();
    }

    /** Forgets what cannot matter any more. */
    void tidy(long logMillis) {
        derive();
        nowMillis = Math.max(nowMillis, logMillis);
        long oldestOpen = histories.values().stream()
                .mapToLong(IncidentHistory::oldestOpenMillis)
                .min()
                .orElse(Long.MAX_VALUE);
        changed.addAll(shown.forget(patterns::knows, patterns.forgettableBefore(shown, oldestOpen, nowMillis)));
        long oldestCrowd = crowds.stream()
                .filter(crowd -> crowd.endMillis() >= nowMillis - IncidentHistory.KEPT_MILLIS)
                .mapToLong(Incident::onsetMillis)
                .min()
                .orElse(Long.MAX_VALUE);
        changed.addAll(shown.forget(
                symptom -> !patterns.knows(symptom),
                Math.min(nowMillis - IncidentHistory.KEPT_MILLIS, oldestCrowd) - Crowd.WITHIN_MILLIS));
        List.copyOf(incidents.keySet()).forEach(this::evaluate);
        crowds = Crowd.of(shown, links.size());
        for (var key : List.copyOf(histories.keySet())) {
            if (histories.get(key).isOver(nowMillis)) {
                histories.remove(key);
                told.add(key);
            }
        }
    }

    private void evaluate(String facility) {
        var link = links.get(facility);
        var now = link == null
                ? List.<Incident>of()
                : patterns.together(facility, link.type(), (where, other) -> isAt(where, facility, other), shown);
        if (now.isEmpty()) {
            incidents.remove(facility);
        } else {
            incidents.put(facility, now);
        }
    }

    private void tell(boolean corrected, long logMillis, Consumer<Alarm> out) {
        var all = new ArrayList<Incident>();
        incidents.values().forEach(all::addAll);
        var byKey = new TreeMap<Key, List<Incident>>();
        histories.keySet().forEach(key -> byKey.put(key, new ArrayList<>()));
        // What is unusual together takes nothing over: what a pattern knows is known better.
        for (var incident : Stream.concat(Patterns.oneForEachEvent(all).stream(), crowds.stream())
                .toList()) {
            byKey.computeIfAbsent(new Key(incident.facility(), incident.rule()), key -> new ArrayList<>())
                    .add(incident);
        }
        byKey.forEach((key, its) -> {
            var history = histories.computeIfAbsent(key, k -> new IncidentHistory());
            if (!patterns.judgesTogether(key.rule) && !key.rule.equals(NetworkChange.PATTERN.rule())) {
                history.end(logMillis, out);
                histories.remove(key);
                told.add(key);
                return;
            }
            history.reconcile(
                    its, domain, links.get(key.facility).district(), corrected, nowMillis, logMillis, alarm -> {
                        told.add(key);
                        out.accept(alarm);
                    });
            if (history.isOver(nowMillis)) {
                histories.remove(key);
                told.add(key);
            }
        });
    }

    private boolean isAt(Neighbourhood where, String facility, String other) {
        return switch (where) {
            case HERE -> other.equals(facility);
            case UPSTREAM -> feeders(facility).contains(other);
            case DOWNSTREAM -> feeders(other).contains(facility);
            case NEIGHBOURS -> isNeighbour(facility, other);
            case AROUND -> other.equals(facility) || isNeighbour(facility, other);
        };
    }

    private boolean isNeighbour(String facility, String other) {
        var feeders = feeders(facility);
        var others = feeders(other);
        return !other.equals(facility)
                && (feeders.contains(other)
                        || others.contains(facility)
                        || feeders.stream().anyMatch(others::contains));
    }

    private List<String> feeders(String facility) {
        var link = links.get(facility);
        return link == null ? List.of() : link.upstream();
    }

    private Collection<String> facilities(Neighbourhood where, String facility) {
        return switch (where) {
            case HERE -> List.of(facility);
            case UPSTREAM -> feeders(facility);
            case DOWNSTREAM -> fed.getOrDefault(facility, new TreeSet<>());
            case NEIGHBOURS -> neighbours(facility);
            case AROUND -> {
                var all = neighbours(facility);
                all.add(facility);
                yield all;
            }
        };
    }

    private Set<String> neighbours(String facility) {
        var all = new HashSet<>(fed.getOrDefault(facility, new TreeSet<>()));
        for (var feeder : feeders(facility)) {
            all.add(feeder);
            all.addAll(fed.getOrDefault(feeder, new TreeSet<>()));
        }
        all.remove(facility);
        return all;
    }
}
