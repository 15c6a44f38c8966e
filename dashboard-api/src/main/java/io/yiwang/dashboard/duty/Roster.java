package io.yiwang.dashboard.duty;

import static java.util.stream.Collectors.toMap;

import io.yiwang.dashboard.duty.Shift.Role;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The persons and their shifts; answers who is on duty. */
public record Roster(List<Person> persons, List<Shift> shifts) {
    static final int MOST_PERSONS = 1_000;
    static final int MOST_SHIFTS = 20_000;
    private static final Duration LONGEST_SHIFT = Duration.ofDays(366);

    public Roster {
        persons = persons == null ? List.of() : List.copyOf(persons);
        shifts = shifts == null ? List.of() : List.copyOf(shifts);
    }

    /**
     * Who is to be told at a moment.
     *
     * @param officers never empty unless nobody at all could be found
     * @param standIn the officers are leaders who stand in for a missing officer
     * @param until when this answer may change; null when no shift begins or ends later
     * @param warning what is wrong with the roster at this moment, null when nothing is
     */
    public record OnDuty(
            List<Person> officers,
            List<Person> leaders,
            boolean standIn,
            @Nullable Instant until,
            @Nullable Name warning) {}

    /** A stretch without an officer; {@code to} is not inside. */
    public record Gap(Instant from, Instant to) {}

    /**
     * Who is on duty at {@code time}. Shifts may overlap: all of their persons are. Without an officer the leaders on
     * duty stand in; without these, everyone whom the roster ever names as leader.
     */
    public OnDuty at(Instant time) {
        var officers = onDuty(time, Role.OFFICER);
        var leaders = onDuty(time, Role.LEADER);
        var until = shifts.stream()
                .flatMap(shift -> Stream.of(shift.from(), shift.to()))
                .filter(edge -> edge.isAfter(time))
                .min(Comparator.naturalOrder())
                .orElse(null);
        if (!officers.isEmpty()) {
            return new OnDuty(officers, leaders, false, until, null);
        }
        if (!leaders.isEmpty()) {
            return new OnDuty(
                    leaders,
                    leaders,
                    true,
                    until,
                    new Name("当前无值班员，由带班领导代为处置", "No officer is on duty; the shift leader stands in"));
        }
        var everyLeader = named(shifts.stream().filter(shift -> shift.role() == Role.LEADER));
        if (!everyLeader.isEmpty()) {
            return new OnDuty(
                    everyLeader,
                    everyLeader,
                    true,
                    until,
                    new Name("当前排班为空，告警将通知全部带班领导", "Nobody is rostered now; every leader is told instead"));
        }
        return new OnDuty(
                List.of(),
                List.of(),
                false,
                until,
                new Name("当前无人值班，告警无人接收", "Nobody is on duty and nobody will be told"));
    }

    /** Stretches of {@code [from, to)} without an officer, in order. */
    public List<Gap> gaps(Instant from, Instant to) {
        var gaps = new ArrayList<Gap>();
        var covered = from;
        var officers = shifts.stream()
                .filter(shift -> shift.role() == Role.OFFICER)
                .sorted(Comparator.comparing(Shift::from))
                .toList();
        for (var shift : officers) {
            if (!shift.to().isAfter(covered)) {
                continue;
            }
            if (!shift.from().isBefore(to)) {
                break;
            }
            if (shift.from().isAfter(covered)) {
                gaps.add(new Gap(covered, shift.from()));
            }
            covered = shift.to();
        }
        if (covered.isBefore(to)) {
            gaps.add(new Gap(covered, to));
        }
        return gaps;
    }

    /** What is wrong with it, one sentence each; empty when it can be kept. */
    List<String> faults() {
        var faults = new ArrayList<String>();
        if (persons.size() > MOST_PERSONS || shifts.size() > MOST_SHIFTS) {
            faults.add("at most " + MOST_PERSONS + " persons and " + MOST_SHIFTS + " shifts can be kept");
            return faults;
        }
        var ids = new HashSet<String>();
        for (var person : persons) {
            if (!Ids.isValid(person.id())) {
                faults.add("person id '" + person.id() + "' must match " + Ids.ID);
            } else if (!ids.add(person.id())) {
                faults.add("person " + person.id() + " is there twice");
            }
            if (person.name().isBlank() || person.name().length() > 100 || hasControl(person.name())) {
                faults.add("person " + person.id() + " needs a name of 1 to 100 printable characters");
            }
            if (!person.email().isEmpty() && !looksLikeMail(person.email())) {
                faults.add("person " + person.id() + ": '" + person.email() + "' is no e-mail address");
            }
            if (person.phone().length() > 40 || hasControl(person.phone())) {
                faults.add("person " + person.id() + ": the phone number is longer than 40 characters");
            }
        }
        var shiftIds = new HashSet<String>();
        for (var shift : shifts) {
            if (shift.id() == null || !Ids.isValid(shift.id())) {
                faults.add("shift id '" + shift.id() + "' must match " + Ids.ID);
                continue;
            }
            if (!shiftIds.add(shift.id())) {
                faults.add("shift " + shift.id() + " is there twice");
            }
            if (!ids.contains(shift.person())) {
                faults.add("shift " + shift.id() + " names the unknown person " + shift.person());
            }
            if (shift.role() == null) {
                faults.add("shift " + shift.id() + " needs a role, officer or leader");
            }
            if (shift.from() == null || shift.to() == null || !shift.from().isBefore(shift.to())) {
                faults.add("shift " + shift.id() + " must begin before it ends");
            } else if (Duration.between(shift.from(), shift.to()).compareTo(LONGEST_SHIFT) > 0) {
                faults.add("shift " + shift.id() + " is longer than a year");
            }
        }
        return faults;
    }

    private List<Person> onDuty(Instant time, Role role) {
        return named(shifts.stream().filter(shift -> shift.role() == role && shift.covers(time)));
    }

    private List<Person> named(Stream<Shift> of) {
        Map<String, Person> byId = persons.stream().collect(toMap(Person::id, Function.identity()));
        var names = new TreeSet<String>();
        of.forEach(shift -> names.add(shift.person()));
        return names.stream().map(byId::get).filter(Objects::nonNull).toList();
    }

    private static boolean looksLikeMail(String address) {
        var at = address.indexOf('@');
        return at > 0
                && at == address.lastIndexOf('@')
                && at < address.length() - 1
                && address.length() <= 254
                && address.chars().noneMatch(c -> c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>');
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}
