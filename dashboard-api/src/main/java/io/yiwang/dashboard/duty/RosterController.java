package io.yiwang.dashboard.duty;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.duty.Roster.Gap;
import io.yiwang.model.domain.Name;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Reads and replaces the roster; says who is on duty now. */
@RestController
class RosterController {
    private static final Duration LOOK_AHEAD = Duration.ofDays(7);

    private final DutyRoster roster;
    private final InstantSource clock = InstantSource.system();

    RosterController(DutyRoster roster) {
        this.roster = roster;
    }

    /** @param gaps stretches of the next seven days without an officer */
    record RosterView(List<Person> persons, List<Shift> shifts, List<Gap> gaps) {}

    /** @param warning what is wrong with the roster now, null when nothing is */
    record DutyView(
            List<Person> officers,
            List<Person> leaders,
            boolean standIn,
            @Nullable Instant until,
            @Nullable Name warning) {}

    @GetMapping("/api/roster")
    RosterView roster() {
        return view(roster.current());
    }

    @PutMapping("/api/roster")
    RosterView replace(@RequestBody Roster next) {
        var faults = next.faults();
        if (!faults.isEmpty()) {
            throw Problem.badRequest(
                    "ROSTER_INVALID",
                    String.join("; ", faults.subList(0, Math.min(10, faults.size())))
                            + (faults.size() > 10 ? "; and " + (faults.size() - 10) + " more" : ""));
        }
        roster.replace(next);
        return view(next);
    }

    @GetMapping("/api/duty/current")
    DutyView current() {
        var now = roster.current().at(clock.instant());
        return new DutyView(now.officers(), now.leaders(), now.standIn(), now.until(), now.warning());
    }

    private RosterView view(Roster of) {
        var now = clock.instant();
        return new RosterView(of.persons(), of.shifts(), of.gaps(now, now.plus(LOOK_AHEAD)));
    }
}
