package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Pattern.Part;
import io.yiwang.model.rule.FacilityRules.Learned;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.pattern.Shown.Spell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatternsTest {
    private static final long START = 1_700_000_000_000L;
    private static final Patterns PATTERNS = new Patterns(TestingNetwork.DOMAIN);
    /** The station S feeds the houses A and B; each facility has the devices 1 and 2. */
    private static final Patterns.View FROM_S = (where, other) -> switch (where) {
        case HERE -> other.equals("S");
        case DOWNSTREAM, NEIGHBOURS -> !other.equals("S");
        case UPSTREAM -> false;
        case AROUND -> true;
    };

    private static final Patterns.View FROM_A = (where, other) -> switch (where) {
        case HERE -> other.equals("A");
        case UPSTREAM -> other.equals("S");
        case DOWNSTREAM -> false;
        case NEIGHBOURS -> !other.equals("A");
        case AROUND -> true;
    };

    private final Shown shown = new Shown();

    private static long at(double seconds) {
        return START + Math.round(1000 * seconds);
    }

    private static Spell spell(double onset, double raised, double end) {
        return new Spell(at(onset), at(raised), Double.isInfinite(end) ? Signal.OPEN : at(end), 1);
    }

    private PatternsTest shows(String facility, String symptom, double onset, double raised, double end) {
        shown.see(facility, "1", symptom, spell(onset, raised, end));
        return this;
    }

    private List<Incident> alone() {
        return PATTERNS.alone("S", "station", shown, id -> Learned.AS_USUAL);
    }

    private List<Incident> fromS() {
        return Patterns.oneForEachEvent(PATTERNS.together("S", "station", FROM_S, shown));
    }

    private static List<String> rules(List<Incident> incidents) {
        return incidents.stream().map(Incident::rule).toList();
    }

    private static final double LASTS = Double.POSITIVE_INFINITY;

    @Test
    void patternsThatShareAMetricWithOneThatLooksElsewhereAreJudgedWithIt() {
        var packs = DomainPacks.bundled();
        var gas = new Patterns(packs.domain("gas").orElseThrow());
        assertThat(gas.isAlone(pattern("gas", "gas_station_leak_confirmed"))).isTrue();
        assertThat(gas.isAlone(pattern("gas", "gas_gathers"))).isFalse();
        assertThat(gas.isAlone(pattern("gas", "gas_spreads"))).isFalse();
        assertThat(gas.mattersElsewhere("chamber_gas_rises")).isTrue();
        assertThat(gas.mattersElsewhere("station_gas")).isFalse();
        assertThat(gas.mattersAlone("station_gas", "gate_station")).isTrue();
        assertThat(gas.mattersAlone("station_gas", "household")).isFalse();
    }

    private static Pattern pattern(String domain, String id) {
        return DomainPacks.bundled().domain(domain).orElseThrow().patterns().stream()
                .filter(pattern -> pattern.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anIncidentBeginsWithTheLastPartAndEndsWithTheFirstThatIsOver() {
        shows("S", "high", 0, 20, 400).shows("S", "low", 50, 70, 300);
        var incident = fromS().get(0);
        assertThat(incident.rule()).isEqualTo("pattern.hot");
        assertThat(incident.onsetMillis()).isEqualTo(at(50));
        assertThat(incident.raisedMillis()).isEqualTo(at(70));
        assertThat(incident.endMillis()).isEqualTo(at(300));
        assertThat(incident.members()).extracting(Incident.Member::symptom).containsExactly("high", "low");
    }

    @Test
    void whatIsMissingOrLongOverIsNoPart() {
        shows("S", "high", 0, 20, LASTS);
        assertThat(fromS()).isEmpty();
        shows("S", "low", -300, -280, -101);
        assertThat(fromS()).isEmpty();
    }

    @Test
    void whatWasOverWithinThePatternsTimeIsAPart() {
        shows("S", "high", 0, 20, LASTS).shows("S", "low", -300, -280, -100);
        assertThat(fromS()).extracting(Incident::raisedMillis).containsExactly(at(20));
        assertThat(fromS().get(0).isOpen()).isTrue();
    }

    @Test
    void aChangeCountsByWhenItWasToldHoweverLongItGoesOn() {
        shows("S", "jumps", 0, 0, LASTS);
        shown.see("A", "1", "drops", spell(120, 120, LASTS));
        shown.see("B", "1", "drops", spell(121, 121, LASTS));
        assertThat(fromS()).isEmpty();
        shown.see("B", "1", "drops", spell(119, 119, LASTS));
        assertThat(fromS()).extracting(Incident::raisedMillis).containsExactly(at(120));
    }

    @Test
    void onePointIsNotTwo() {
        shows("S", "jumps", 0, 0, LASTS);
        shown.see("A", "1", "drops", spell(10, 10, LASTS));
        assertThat(rules(fromS())).isEmpty();
        shown.see("A", "2", "drops", spell(20, 20, LASTS));
        assertThat(rules(fromS())).containsExactly("pattern.burst");
    }

    @Test
    void whatSpeaksAgainstItAndBeganBeforeItRefutesItEvenWhenItIsToldLater() {
        shows("S", "jumps", 0, 0, LASTS);
        shown.see("A", "1", "drops", spell(10, 10, LASTS));
        shown.see("B", "1", "drops", spell(20, 20, LASTS));
        assertThat(fromS()).hasSize(1);
        shown.see("S", "1", "bad", spell(15, 60, LASTS));
        assertThat(fromS()).isEmpty();
    }

    @Test
    void whatSpeaksAgainstItFromLaterOnEndsIt() {
        shows("S", "jumps", 0, 0, LASTS);
        shown.see("A", "1", "drops", spell(10, 10, LASTS));
        shown.see("B", "1", "drops", spell(20, 20, LASTS));
        shown.see("S", "1", "bad", spell(30, 40, LASTS));
        assertThat(fromS()).extracting(Incident::endMillis).containsExactly(at(30));
    }

    @Test
    void whereNothingLastsAChangeHoldsIt() {
        shows("S", "jumps", 0, 0, 300);
        shown.see("A", "1", "drops", spell(10, 10, 200));
        shown.see("B", "1", "drops", spell(20, 20, 500));
        assertThat(fromS()).extracting(Incident::endMillis).containsExactly(at(300));
    }

    @Test
    void aNewSymptomBeginsANewIncident() {
        shows("S", "high", 0, 20, LASTS).shows("S", "low", 50, 70, 300).shows("S", "low", 2000, 2020, LASTS);
        assertThat(fromS()).extracting(Incident::raisedMillis).containsExactly(at(70), at(2020));
    }

    @Test
    void aWorsePatternTakesOverWhatItExplainsFromThenOn() {
        shows("S", "high", 0, 20, LASTS).shows("S", "low", 50, 70, LASTS).shows("S", "bad", 90, 90, LASTS);
        var incidents = fromS();
        assertThat(rules(incidents)).containsExactly("pattern.hot", "pattern.worse");
        assertThat(incidents.get(0).endMillis()).isEqualTo(at(90));
        assertThat(incidents.get(1).isOpen()).isTrue();
        assertThat(incidents.get(1).members()).hasSize(3);
    }

    @Test
    void oneEventAtSeveralFacilitiesIsOneIncident() {
        shows("S", "jumps", 0, 0, LASTS);
        shown.see("A", "1", "drops", spell(10, 10, LASTS));
        shown.see("B", "1", "drops", spell(20, 20, LASTS));
        var all = new ArrayList<>(PATTERNS.together("A", "house", FROM_A, shown));
        assertThat(rules(all)).containsExactly("pattern.hit");
        all.addAll(PATTERNS.together("S", "station", FROM_S, shown));
        var told = Patterns.oneForEachEvent(all);
        // What was told of the house before the burst was recognised stays told, and ends.
        assertThat(rules(told)).containsExactly("pattern.hit", "pattern.burst");
        assertThat(told.get(0).endMillis()).isEqualTo(told.get(1).raisedMillis());
        assertThat(told.get(1).members()).hasSize(3);
    }

    @Test
    void incidentsThatShareNothingStayApart() {
        var other = new Shown();
        other.see("S", "1", "high", spell(0, 20, LASTS));
        other.see("S", "1", "low", spell(0, 20, LASTS));
        other.see("T", "1", "high", spell(0, 20, LASTS));
        other.see("T", "1", "low", spell(0, 20, LASTS));
        var all = new ArrayList<Incident>();
        for (var station : List.of("S", "T")) {
            all.addAll(PATTERNS.together(station, "station", (where, f) -> f.equals(station), other));
        }
        assertThat(Patterns.oneForEachEvent(all)).hasSize(2);
    }

    private record Told(String facility, String device, String symptom, Spell spell) {}

    /** Whatever the order in which places speak, as long as each speaks in its own order. */
    @Test
    void theOrderOfTellingDoesNotMatter() {
        var random = new Random(7);
        for (int turn = 0; turn < 200; turn++) {
            var queues = new ArrayList<List<Told>>();
            for (var facility : List.of("S", "A", "B")) {
                for (var device : List.of("1", "2")) {
                    for (var symptom : TestingNetwork.DOMAIN.symptoms()) {
                        double time = random.nextInt(400);
                        var queue = new ArrayList<Told>();
                        while (time < 3_000 && random.nextInt(3) > 0) {
                            double raised = time + random.nextInt(30);
                            double end = raised + random.nextInt(500);
                            var open = new Told(
                                    facility, device, symptom.id(), new Spell(at(time), at(raised), Signal.OPEN, 1));
                            queue.add(open);
                            queue.add(new Told(
                                    facility, device, symptom.id(), new Spell(at(time), at(raised), at(end), 2)));
                            time = end + 601 + random.nextInt(600);
                        }
                        queues.add(queue);
                    }
                }
            }
            assertThat(evaluate(queues, random)).isEqualTo(evaluate(queues, random));
        }
    }

    private static List<Incident> evaluate(List<List<Told>> queues, Random random) {
        var left = new ArrayList<List<Told>>();
        queues.forEach(queue -> left.add(new ArrayList<>(queue)));
        var shown = new Shown();
        while (!left.isEmpty()) {
            Collections.shuffle(left, random);
            var queue = left.get(0);
            if (queue.isEmpty()) {
                left.remove(0);
            } else {
                var told = queue.remove(0);
                shown.see(told.facility, told.device, told.symptom, told.spell);
            }
        }
        var all = new ArrayList<Incident>();
        all.addAll(PATTERNS.together("S", "station", FROM_S, shown));
        all.addAll(PATTERNS.together("A", "house", FROM_A, shown));
        all.addAll(PATTERNS.alone("A", "house", shown, id -> Learned.AS_USUAL));
        Collections.shuffle(all, random);
        return Patterns.oneForEachEvent(all);
    }

    static Stream<Domain> domains() {
        return DomainPacks.bundled().all().stream()
                .filter(domain -> !domain.patterns().isEmpty());
    }

    /** Shows the parts at as many points as each wants, one after the other, there where it is looked for. */
    private static Shown show(Domain domain, List<Part> parts, long from) {
        var shown = new Shown();
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            for (int point = 0; point < part.points(); point++) {
                shown.see(
                        part.at().toString(),
                        "device" + point,
                        part.symptom(),
                        new Spell(from + i, from + i, Signal.OPEN, 1));
            }
        }
        return shown;
    }

    private static final Patterns.View NAMED = (where, other) ->
            where == Neighbourhood.valueOf(other) || where == Neighbourhood.AROUND && other.equals("HERE");

    private static List<Incident> of(Domain domain, Pattern pattern, Shown shown) {
        var patterns = new Patterns(domain);
        var type = pattern.facilityTypes().get(0);
        var all = new ArrayList<>(patterns.together("HERE", type, NAMED, shown));
        all.addAll(patterns.alone("HERE", type, shown, id -> Learned.AS_USUAL));
        return all.stream()
                .filter(incident -> incident.pattern().equals(pattern))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyPatternOfThePackHoldsWhenEnoughPartsShowAndNotWhenSomethingSpeaksAgainstIt(Domain domain) {
        for (var pattern : domain.patterns()) {
            var enough = pattern.parts().subList(0, pattern.atLeast());
            assertThat(of(domain, pattern, show(domain, enough, START)))
                    .as(pattern.id())
                    .hasSize(1)
                    .allMatch(Incident::isOpen);
            var few = pattern.parts().subList(0, pattern.atLeast() - 1);
            assertThat(of(domain, pattern, show(domain, few, START)))
                    .as("fewer parts of " + pattern.id())
                    .isEmpty();
            for (var against : pattern.unless()) {
                var shown = show(domain, enough, START);
                shown.add(show(domain, List.of(against), START - 1));
                shown.see(
                        against.at().toString(),
                        "other",
                        against.symptom(),
                        new Spell(START - 1, START - 1, Signal.OPEN, 1));
                assertThat(of(domain, pattern, shown))
                        .as(pattern.id() + " unless " + against.symptom())
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyFaultIsExplainedAndEverySymptomUsed(Domain domain) {
        for (var fault : domain.faults()) {
            assertThat(domain.patterns())
                    .as(fault.id())
                    .anyMatch(pattern -> pattern.explains().contains(fault.id()));
        }
        for (var symptom : domain.symptoms()) {
            assertThat(domain.patterns())
                    .as(symptom.id())
                    .anyMatch(pattern -> Stream.concat(pattern.parts().stream(), pattern.unless().stream())
                            .anyMatch(part -> part.symptom().equals(symptom.id())));
        }
    }
}
