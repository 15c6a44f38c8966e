package io.yiwang.sim.fault;

import io.yiwang.sim.fault.MarkedYaml.Mapping;
import io.yiwang.sim.fault.MarkedYaml.Node;
import io.yiwang.sim.fault.MarkedYaml.Scalar;
import io.yiwang.sim.fault.MarkedYaml.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A story of faults, written down:
 *
 * <pre>
 * name: A cold night
 * pace: natural            # or demo, or a longest rise such as 2m
 * repeat: {every: 6h, times: 4}
 * steps:
 * - {at: 5m, fault: ws_main_burst, facility: any, severity: 0.8, for: 30m}
 * </pre>
 *
 * A step happens at one facility: {@code facility: ID}, one of a type ({@code type: T}) or any that it can happen to ({@code facility:
 * any}, the default).
 *
 * @param times how often all of it happens
 */
public record Scenario(String name, Pace pace, Duration every, int times, List<Step> steps) {
    private static final int MOST_STEPS = 1_000;
    private static final int MOST_TIMES = 1_000;
    private static final double USUAL_SEVERITY = 0.8;
    private static final Set<String> WORDS = Set.of("name", "pace", "repeat", "steps");
    private static final Set<String> STEP_WORDS =
            Set.of("at", "fault", "facility", "type", "severity", "for", "device", "metric");

    public Scenario {
        steps = List.copyOf(steps);
    }

    /**
     * One fault of the story.
     *
     * @param line in the file, from 1
     * @param at after the beginning
     * @param facility id; null = chosen
     * @param type the chosen facility has this type; null = any
     * @param duration null = until well after it is full
     */
    public record Step(
            int line,
            Duration at,
            String fault,
            @Nullable String facility,
            @Nullable String type,
            double severity,
            @Nullable Duration duration,
            @Nullable String device,
            @Nullable String metric) {}

    /** Something that is wrong with the file. */
    public record Flaw(int line, String what) {
        @Override
        public String toString() {
            return "line " + line + ": " + what;
        }
    }

    /** The file cannot be played; every flaw that was found. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<Flaw> flaws;

        Refused(List<Flaw> flaws) {
            super(String.join("\n", flaws.stream().map(Flaw::toString).toList()));
            this.flaws = List.copyOf(flaws);
        }

        public List<Flaw> flaws() {
            return flaws;
        }
    }

    /** @throws Refused with every flaw and its line */
    public static Scenario read(String text) {
        return new Reader().scenario(MarkedYaml.read(text));
    }

    private static final class Reader {
        private final List<Flaw> flaws = new ArrayList<>();

        private interface Meaning<T> {
            T of(String text);
        }

        Scenario scenario(Node root) {
            if (!(root instanceof Mapping)) {
                throw new Refused(List.of(new Flaw(root.line(), "a scenario has name and steps")));
            }
            var file = (Mapping) root;
            onlyWords(file, WORDS);
            var name = word(file, "name");
            var pace = word(file, "pace", Pace::parse, Pace.NATURAL);
            var every = Duration.ZERO;
            var times = 1;
            var repeat = file.entries().get("repeat");
            if (repeat instanceof Mapping) {
                onlyWords((Mapping) repeat, Set.of("every", "times"));
                every = word((Mapping) repeat, "every", TimeSpan::parse, Duration.ZERO);
                times = word((Mapping) repeat, "times", Integer::parseInt, 1);
                if (every.isZero() || every.isNegative()) {
                    flaw(repeat, "repeat needs every, such as 6h");
                }
                if (times < 1 || times > MOST_TIMES) {
                    flaw(repeat, "repeat times is 1 to " + MOST_TIMES + ", not " + times);
                }
            } else if (repeat != null) {
                flaw(repeat, "repeat is written {every: 6h, times: 4}");
            }
            var steps = new ArrayList<Step>();
            var list = file.entries().get("steps");
            if (list instanceof Sequence && !((Sequence) list).items().isEmpty()) {
                var items = ((Sequence) list).items();
                if (items.size() > MOST_STEPS) {
                    flaw(list, "a scenario has at most " + MOST_STEPS + " steps");
                }
                items.forEach(item -> steps.add(step(item)));
            } else {
                flaw(list == null ? root : list, "a scenario needs steps: a list of {at, fault, …}");
            }
            if (!flaws.isEmpty()) {
                throw new Refused(flaws);
            }
            return new Scenario(name == null ? "scenario" : name, pace, every, times, steps);
        }

        private Step step(Node node) {
            if (!(node instanceof Mapping)) {
                flaw(node, "a step is written {at: 5m, fault: NAME, …}");
                return new Step(node.line(), Duration.ZERO, "", null, null, 0, null, null, null);
            }
            var step = (Mapping) node;
            onlyWords(step, STEP_WORDS);
            var fault = word(step, "fault");
            if (fault == null) {
                flaw(step, "a step needs fault");
            }
            var facility = word(step, "facility");
            var type = word(step, "type");
            var chosen = facility == null || facility.equals("any");
            if (!chosen && type != null) {
                flaw(step, "a step has facility or type, not both");
            }
            var severity = word(step, "severity", Double::parseDouble, USUAL_SEVERITY);
            if (!(severity >= 0 && severity <= 1)) {
                flaw(step, "severity is 0 to 1, not " + severity);
            }
            var duration = word(step, "for", TimeSpan::parse, Duration.ZERO);
            if (duration.isNegative()) {
                flaw(step, "for is longer than nothing");
            }
            var at = word(step, "at", TimeSpan::parse, Duration.ZERO);
            if (at.isNegative()) {
                flaw(step, "at is not before the beginning");
            }
            return new Step(
                    step.line(),
                    at,
                    fault == null ? "" : fault,
                    chosen ? null : facility,
                    type,
                    severity,
                    duration.isZero() ? null : duration,
                    word(step, "device"),
                    word(step, "metric"));
        }

        private void onlyWords(Mapping mapping, Set<String> known) {
            mapping.entries().forEach((word, value) -> {
                if (!known.contains(word)) {
                    flaw(
                            value,
                            "unknown word '" + word + "'; there are "
                                    + String.join(", ", known.stream().sorted().toList()));
                }
            });
        }

        private @Nullable String word(Mapping mapping, String name) {
            var node = mapping.entries().get(name);
            if (node == null || node instanceof Scalar) {
                return node == null ? null : ((Scalar) node).text();
            }
            flaw(node, name + " is one word or number");
            return null;
        }

        private <T> T word(Mapping mapping, String name, Meaning<T> meaning, T otherwise) {
            var text = word(mapping, name);
            if (text == null) {
                return otherwise;
            }
            try {
                return meaning.of(text);
            } catch (NumberFormatException e) {
                flaw(mapping.entries().get(name), name + ": '" + text + "' is not a number");
            } catch (IllegalArgumentException e) {
                flaw(mapping.entries().get(name), name + ": " + e.getMessage());
            }
            return otherwise;
        }

        private void flaw(@Nullable Node where, String what) {
            flaws.add(new Flaw(where == null ? 1 : where.line(), what));
        }
    }
}
