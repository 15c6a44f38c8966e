package io.yiwang.dashboard.newcomers;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.newcomers.Newcomers.Listed;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who wanted in and is not known. One decision lets somebody in ({@code accept}), or puts it out of sight ({@code dismiss}, and back by
 * {@code undo}). Neither the secret that was shown nor its hash is ever in an answer.
 */
@RestController
@RequestMapping("/api/newcomers")
class NewcomersController {
    private static final int MOST = 1000;
    /**
     * Somebody who knocked.
     *
     * @param id in addresses of this interface: what it calls itself, coded where that is not an id
     * @param name what it calls itself, hidden characters written out
     * @param addresses where it came from, the last one first
     * @param sample beginning of what it published; empty when it was turned away before
     * @param acceptable false: under this name it cannot be let in as it is
     * @param showings each different secret that it showed, the last one first
     * @param known the device of the ledger that it is, or whose name it uses
     * @param guess what it probably is
     */
    record View(
            String id,
            String name,
            Standing state,
            String door,
            List<String> addresses,
            String user,
            String topic,
            String sample,
            Instant first,
            Instant last,
            long attempts,
            boolean acceptable,
            List<ShowingView> showings,
            List<Warning> warnings,
            @Nullable KnownView known,
            @Nullable DecisionView decision,
            Guess guess) {}

    /** @param secret whether one was shown at all */
    record ShowingView(
            String id,
            boolean secret,
            boolean shortSecret,
            String certificate,
            String address,
            Instant first,
            Instant last,
            long attempts) {}

    record KnownView(String device, Name name, String facility, Name facilityName, boolean credential) {}

    record DecisionView(String decision, Instant time, String actor) {}

    record Counts(int waiting, int dismissed) {}

    /** @param password made now and shown once; null = the device keeps the secret that it has */
    record Accepted(
            String device,
            String facility,
            String username,
            @Nullable String password,
            String topic) {}

    private final Newcomers newcomers;

    NewcomersController(Newcomers newcomers) {
        this.newcomers = newcomers;
    }

    /**
     * Those that came first most lately first.
     *
     * @param state waiting (default) or dismissed
     * @param after the last id of the page before
     */
    @GetMapping
    List<View> list(
            @RequestParam(defaultValue = "waiting") String state,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String after) {
        var wanted = Arrays.stream(Standing.values())
                .filter(standing -> standing.name().toLowerCase(Locale.ROOT).equals(state))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest(
                        "BAD_PARAMETER", "state must be waiting, dismissed or settled, not '" + state + "'"));
        var all = newcomers.all();
        int from = 0;
        if (after != null) {
            var last = name(after);
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).knocker().id().equals(last)) {
                    from = i + 1;
                }
            }
        }
        return all.subList(from, all.size()).stream()
                .filter(listed -> listed.standing() == wanted)
                .limit(Math.max(1, Math.min(limit, MOST)))
                .map(listed -> view(listed, null))
                .toList();
    }

    @GetMapping("/summary")
    Counts summary() {
        var counts = newcomers.all().stream().collect(Collectors.groupingBy(Listed::standing, Collectors.counting()));
        return new Counts(
                counts.getOrDefault(Standing.WAITING, 0L).intValue(),
                counts.getOrDefault(Standing.DISMISSED, 0L).intValue());
    }

    /** @param facility what it would be there; without it the facility is guessed as well */
    @GetMapping("/{id}")
    View one(@PathVariable String id, @RequestParam @Nullable String facility) {
        return view(newcomers.one(name(id)), facility);
    }

    /** Lets it in; what the body leaves out is taken from the guess. */
    @PostMapping("/{id}/accept")
    @ResponseStatus(HttpStatus.OK)
    Accepted accept(@PathVariable String id, @RequestBody Acceptance.Wanted wanted, Principal actor) {
        var acceptance = newcomers.accept(name(id), wanted, actor.getName());
        if (acceptance instanceof Acceptance.Recredentialed again) {
            var secret = again.secret();
            return accepted(again.at().facility(), again.at().device(), secret == null ? null : secret.text());
        }
        var added = (Acceptance.Added) acceptance;
        var secret = added.secret();
        var facility = newcomers.facility(added.facility());
        return accepted(facility, added.device(), secret == null ? null : secret.text());
    }

    private static Accepted accepted(Facility facility, Device device, @Nullable String password) {
        return new Accepted(
                device.getId(),
                facility.getId(),
                device.getId(),
                password,
                new DeviceTopic(facility.getDomain(), facility.getId(), device.getId(), DeviceTopic.TELEMETRY)
                        .toString());
    }

    @PostMapping("/{id}/dismiss")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void dismiss(@PathVariable String id, Principal actor) {
        newcomers.dismiss(name(id), actor.getName());
    }

    /** Takes a dismissal back. */
    @PostMapping("/{id}/undo")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void undo(@PathVariable String id, Principal actor) {
        newcomers.undo(name(id), actor.getName());
    }

    private View view(Listed listed, @Nullable String facility) {
        var known = listed.known();
        var knocker = listed.knocker().besides(known == null ? null : known.device());
        var decision = listed.decision();
        return new View(
                NewcomerId.coded(knocker.id()),
                Plain.text(knocker.id()),
                listed.standing(),
                knocker.door(),
                knocker.addresses().stream().map(Plain::text).toList(),
                Plain.text(knocker.user()),
                Plain.text(knocker.topic()),
                Plain.sample(knocker.payload()),
                Instant.ofEpochMilli(knocker.firstMillis()),
                Instant.ofEpochMilli(knocker.lastMillis()),
                knocker.attempts(),
                Ids.isValid(knocker.id()) || !knocker.door().equals(Knocker.MQTT),
                knocker.showings().stream()
                        .map(shown -> new ShowingView(
                                shown.id(),
                                shown.credential() != null,
                                shown.shortSecret(),
                                Plain.text(shown.certificate()),
                                Plain.text(shown.address()),
                                Instant.ofEpochMilli(shown.firstMillis()),
                                Instant.ofEpochMilli(shown.lastMillis()),
                                shown.attempts()))
                        .toList(),
                Warning.of(knocker, known == null ? null : known.device()),
                known == null
                        ? null
                        : new KnownView(
                                known.device().getId(),
                                Assets.name(known.device().getName()),
                                known.facility().getId(),
                                Assets.name(known.facility().getName()),
                                known.device().hasCredential()),
                decision == null ? null : new DecisionView(decision.kind().word(), decision.time(), decision.actor()),
                newcomers.guess(knocker, facility));
    }

    private static String name(String id) {
        try {
            return NewcomerId.name(id);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound("UNKNOWN_NEWCOMER", "nobody has knocked as " + Plain.text(id));
        }
    }
}
