package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several symptoms that together mean one incident.
 *
 * @param id unique within the pack
 * @param facilityTypes where the incident can be; never empty
 * @param withinSeconds all of it happens within this time
 * @param parts what is looked for
 * @param atLeast how many of the parts are enough; 0 = all
 * @param unless parts whose presence speaks against it
 * @param grade 1 (worst) to 4
 * @param explains ids of the pack's faults that look like this
 * @param procedure id of the pack's procedure; null = none
 */
public record Pattern(
        String id,
        Name name,
        List<String> facilityTypes,
        int withinSeconds,
        List<Part> parts,
        int atLeast,
        List<Part> unless,
        int grade,
        List<String> explains,
        @Nullable String procedure,
        String source,
        String confidence) {

    public Pattern {
        if (id == null || name == null) {
            throw new IllegalArgumentException("pattern " + id + " needs id and name");
        }
        facilityTypes = facilityTypes == null ? List.of() : List.copyOf(facilityTypes);
        parts = parts == null ? List.of() : List.copyOf(parts);
        unless = unless == null ? List.of() : List.copyOf(unless);
        explains = explains == null ? List.of() : List.copyOf(explains);
        source = source == null ? "site" : source;
        confidence = confidence == null ? "K" : Confidence.checked(confidence);
        if (facilityTypes.isEmpty() || parts.isEmpty()) {
            throw new IllegalArgumentException("pattern " + id + " needs facilityTypes and parts");
        }
        if (withinSeconds <= 0) {
            throw new IllegalArgumentException("pattern " + id + " has withinSeconds " + withinSeconds);
        }
        if (atLeast < 0 || atLeast > parts.size()) {
            throw new IllegalArgumentException(
                    "pattern " + id + " wants " + atLeast + " of " + parts.size() + " parts");
        }
        atLeast = atLeast == 0 ? parts.size() : atLeast;
        if (grade < 1 || grade > 4) {
            throw new IllegalArgumentException("pattern " + id + " has grade " + grade + "; grades are 1 to 4");
        }
    }

    /** The same with another grade. */
    public Pattern ofGrade(int other) {
        return new Pattern(
                id,
                name,
                facilityTypes,
                withinSeconds,
                parts,
                atLeast,
                unless,
                other,
                explains,
                procedure,
                source,
                confidence);
    }

    /** Begins the id of the rule of its incidents; its id follows. */
    public static final String RULE = "pattern.";

    /** Id of the rule of its incidents. */
    public String rule() {
        return RULE + id;
    }

    /**
     * @param symptom id of the pack's symptom
     * @param at where it must show
     * @param points at how many points at least; 0 = one
     */
    public record Part(String symptom, Neighbourhood at, int points) {
        public Part {
            if (symptom == null) {
                throw new IllegalArgumentException("a part of a pattern needs 'symptom'");
            }
            at = at == null ? Neighbourhood.HERE : at;
            if (points < 0) {
                throw new IllegalArgumentException("part " + symptom + " wants " + points + " points");
            }
            points = Math.max(1, points);
        }
    }
}
