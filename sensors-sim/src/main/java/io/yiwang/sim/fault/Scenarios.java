package io.yiwang.sim.fault;

import io.yiwang.model.domain.Fault;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.fault.Faults.Impossible;
import io.yiwang.sim.fault.Scenario.Flaw;
import io.yiwang.sim.fault.Scenario.Refused;
import io.yiwang.sim.signal.Hash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scenarios that are being played in a city. Thread-safe. */
public final class Scenarios {
    private static final Logger LOG = LoggerFactory.getLogger(Scenarios.class);
    private static final int MOST_FAULTS = 10_000;
    private static final int FLAWS_NAMED = 20;

    private final Faults faults;
    private final long seed;
    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Play> plays = new LinkedHashMap<>();
    private int played;

    /** @param seed decides where the steps happen that leave it open */
    public Scenarios(Faults faults, Collection<Facility> facilities, long seed) {
        this.faults = faults;
        this.seed = seed;
        facilities.forEach(facility -> types.put(facility.getId(), facility.getType()));
    }

    /**
     * A step with its place and time.
     *
     * @param state {@code planned}, {@code done}, {@code cancelled} or why it could not be
     * @param truth id of its truth once it has happened
     */
    public record Planned(
            int line,
            Instant at,
            String fault,
            String facility,
            double severity,
            String state,
            @Nullable String truth) {}

    /** A scenario as it stands. {@code state}: {@code planned}, {@code running}, {@code done} or {@code cancelled}. */
    public record Status(String id, String name, String state, Instant start, List<Planned> steps) {}

    private static final class Act {
        private final Scenario.Step step;
        private final long millis;
        private final FaultOrder order;
        private String state = "planned";
        private @Nullable String truth;

        private Act(Scenario.Step step, long millis, FaultOrder order) {
            this.step = step;
            this.millis = millis;
            this.order = order;
        }
    }

    private static final class Play {
        private final String id;
        private final Scenario scenario;
        private final long startMillis;
        private final List<Act> acts;
        private int next;
        private boolean cancelled;

        private Play(String id, Scenario scenario, long startMillis, List<Act> acts) {
            this.id = id;
            this.scenario = scenario;
            this.startMillis = startMillis;
            this.acts = acts;
        }

        private Status status() {
            var state = cancelled ? "cancelled" : next == acts.size() ? "done" : next == 0 ? "planned" : "running";
            return new Status(
                    id,
                    scenario.name(),
                    state,
                    Instant.ofEpochMilli(startMillis),
                    acts.stream()
                            .map(act -> new Planned(
                                    act.step.line(),
                                    Instant.ofEpochMilli(act.millis),
                                    act.order.fault(),
                                    act.order.facility(),
                                    act.order.severity(),
                                    act.state,
                                    act.truth))
                            .toList());
        }
    }

    /**
     * What a scenario would do if it began now; nothing happens.
     *
     * @throws Refused with every flaw and its line
     */
    public synchronized Status dryRun(String text, long nowMillis) {
        return plan("S" + (played + 1), Scenario.read(text), nowMillis).status();
    }

    /**
     * Begins a scenario.
     *
     * @throws Refused with every flaw and its line; then nothing happens
     */
    public synchronized Status start(String text, long nowMillis) {
        var play = plan("S" + (played + 1), Scenario.read(text), nowMillis);
        played++;
        plays.put(play.id, play);
        return play.status();
    }

    private Play plan(String id, Scenario scenario, long nowMillis) {
        var flaws = new ArrayList<Flaw>();
        var acts = new ArrayList<Act>();
        if ((long) scenario.times() * scenario.steps().size() > MOST_FAULTS) {
            throw new Refused(List.of(new Flaw(1, "all together these are more than " + MOST_FAULTS + " faults")));
        }
        var possible = new HashMap<String, List<String>>();
        faults.possible().forEach((Fault fault, List<String> places) -> possible.put(fault.id(), places));
        for (int time = 0; time < scenario.times(); time++) {
            for (int i = 0; i < scenario.steps().size(); i++) {
                var step = scenario.steps().get(i);
                var choice = Hash.unit(Hash.of(seed, step.fault() + "#" + i), time);
                var place = place(step, possible.get(step.fault()), choice);
                if (place.isEmpty()) {
                    if (time == 0) {
                        flaws.add(new Flaw(step.line(), nowhere(step, possible)));
                    }
                    continue;
                }
                var order = new FaultOrder(
                        step.fault(),
                        place,
                        step.device(),
                        step.metric(),
                        step.severity(),
                        step.duration(),
                        scenario.pace(),
                        "scenario " + id);
                try {
                    faults.check(order);
                } catch (Impossible e) {
                    if (time == 0) {
                        flaws.add(new Flaw(step.line(), e.getMessage()));
                    }
                }
                var at = nowMillis
                        + time * scenario.every().toMillis()
                        + step.at().toMillis();
                acts.add(new Act(step, at, order));
            }
        }
        if (!flaws.isEmpty()) {
            throw new Refused(flaws.subList(0, Math.min(FLAWS_NAMED, flaws.size())));
        }
        acts.sort(Comparator.comparingLong(act -> act.millis));
        return new Play(id, scenario, nowMillis, acts);
    }

    /** Empty when there is none. */
    private String place(Scenario.Step step, @Nullable List<String> possible, double choice) {
        if (step.facility() != null) {
            return step.facility();
        }
        var places = possible == null
                ? List.<String>of()
                : possible.stream()
                        .filter(id -> step.type() == null || step.type().equals(types.get(id)))
                        .toList();
        return places.isEmpty() ? "" : places.get((int) (choice * places.size()));
    }

    private static String nowhere(Scenario.Step step, Map<String, List<String>> possible) {
        return possible.containsKey(step.fault())
                ? "no facility " + (step.type() == null ? "" : "of type " + step.type() + " ")
                        + "of this city can have " + step.fault()
                : "there is no fault " + step.fault() + "; './yiwang fault --list' names them";
    }

    /** Makes happen what is due until then. */
    public synchronized void advance(long nowMillis) {
        for (var play : plays.values()) {
            while (!play.cancelled && play.next < play.acts.size() && play.acts.get(play.next).millis <= nowMillis) {
                var act = play.acts.get(play.next++);
                try {
                    act.truth = faults.start(act.order, act.millis).id();
                    act.state = "done";
                } catch (Impossible e) {
                    act.state = e.getMessage();
                    LOG.warn("scenario {}, line {}: {}", play.id, act.step.line(), e.getMessage());
                }
            }
        }
    }

    /**
     * Ends a scenario: what is planned does not happen, what happens ends.
     *
     * @throws Impossible when there is none of that id
     */
    public synchronized Status cancel(String id, long nowMillis) {
        var play = plays.get(id);
        if (play == null) {
            throw new Impossible("there is no scenario " + id
                    + (plays.isEmpty() ? "" : "; there are " + String.join(", ", plays.keySet())));
        }
        play.cancelled = true;
        var active = faults.activeIds(nowMillis);
        for (var act : play.acts) {
            if (act.state.equals("planned")) {
                act.state = "cancelled";
            } else if (act.truth != null && active.contains(act.truth)) {
                faults.stop(act.truth, nowMillis);
            }
        }
        return play.status();
    }

    /** Every scenario of this run of the simulator, oldest first. */
    public synchronized List<Status> list() {
        return plays.values().stream().map(Play::status).toList();
    }
}
