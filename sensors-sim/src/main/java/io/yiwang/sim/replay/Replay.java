package io.yiwang.sim.replay;

import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.ledger.Ledger;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A recording on its way through the system: each row leaves when the schedule says, as messages of the cast. */
final class Replay {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final long DRAIN_MILLIS = 20_000;
    private static final int SHOWN_BAD = 20;

    private final Recording recording;
    private final Schedule schedule;
    private final Cast cast;
    private final List<ReplayDevice> devices = new ArrayList<>();
    private final List<TruthWindows> windows = new ArrayList<>();
    private final ReplayTruth truth;
    private final String run;
    private final PrintWriter out;
    private volatile boolean stopped;
    private long rows;
    private long tooOld;
    private long bad;
    private long values;
    private Duration latest = Duration.ZERO;
    private Instant progressAt = Instant.EPOCH;
    private long rowsAtProgress;

    Replay(
            Recording recording,
            Schedule schedule,
            Cast cast,
            DeviceKeys keys,
            BrokerAddress broker,
            Ledger ledger,
            ReplayTruth truth,
            String run,
            PrintWriter out) {
        this.recording = recording;
        this.schedule = schedule;
        this.cast = cast;
        this.truth = truth;
        this.run = run;
        this.out = out;
        for (var role : cast.roles()) {
            devices.add(new ReplayDevice(role, run, keys.secret(role.device()), broker, ledger));
        }
        recording
                .labels()
                .forEach(label -> windows.add(new TruthWindows(label.column().name())));
    }

    /** What became of it. */
    record Outcome(
            long rows, long bad, long tooOld, long values, long said, long acked, long refused, Duration latest) {
        boolean complete() {
            return acked == said;
        }
    }

    /** Ends after the present row. */
    void stop() {
        stopped = true;
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super(null, null, false, false);
        }
    }

    /** @throws CannotReplay when the broker does not let the devices in */
    Outcome run() throws InterruptedException {
        devices.forEach(ReplayDevice::connect);
        long deadline = System.nanoTime() + CONNECT_PATIENCE.toNanos();
        while (!devices.stream().allMatch(ReplayDevice::isConnected)) {
            if (stopped || System.nanoTime() > deadline) {
                throw new CannotReplay(
                        devices.stream().filter(d -> !d.isConnected()).count() + " of " + devices.size()
                                + " devices were not let in at the broker within " + CONNECT_PATIENCE.toSeconds()
                                + " s; see './yiwang logs ingest'");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        try {
            recording.read(this::row, this::bad);
        } catch (Stopped e) {
            out.println("Stopped.");
        }
        windows.forEach(label -> tell(label.end()));
        for (var device : devices) {
            device.drain(DRAIN_MILLIS);
        }
        devices.forEach(ReplayDevice::close);
        return new Outcome(
                rows,
                bad,
                tooOld,
                values,
                devices.stream().mapToLong(ReplayDevice::said).sum(),
                devices.stream().mapToLong(ReplayDevice::acked).sum(),
                devices.stream().mapToLong(ReplayDevice::refused).sum(),
                latest);
    }

    private void row(Recording.Row row) {
        var event = schedule.eventTime(row.time());
        if (schedule.isTooOld(row.time())) {
            tooOld++;
            return;
        }
        try {
            waitFor(schedule.due(row.time()));
            for (var device : devices) {
                values += device.say(event.toEpochMilli(), row.values());
            }
        } catch (InterruptedException e) {
            throw new Stopped();
        }
        for (int i = 0; i < windows.size(); i++) {
            tell(windows.get(i).on(event, row.wrong()[i]));
        }
        rows++;
        progress(row.time());
    }

    private void waitFor(Instant due) throws InterruptedException {
        var now = Instant.now();
        if (due.isAfter(now)) {
            progressWaiting(due, now);
        }
        for (; now.isBefore(due); now = Instant.now()) {
            if (stopped) {
                throw new Stopped();
            }
            TimeUnit.MILLISECONDS.sleep(
                    Math.max(1, Math.min(500, Duration.between(now, due).toMillis())));
        }
        if (stopped) {
            throw new Stopped();
        }
        // What lies before the beginning was never meant to be on time.
        if (due.isAfter(schedule.begun())) {
            var late = Duration.between(due, now);
            latest = late.compareTo(latest) > 0 ? late : latest;
        }
    }

    private void progressWaiting(Instant due, Instant now) {
        if (rows == 0 && Duration.between(now, due).compareTo(PROGRESS) > 0) {
            out.println("The first row leaves " + due + ", in "
                    + Duration.between(now, due).toSeconds() + " s.");
            out.flush();
        }
    }

    private void progress(Instant recorded) {
        var now = Instant.now();
        var since = Duration.between(progressAt, now);
        if (since.compareTo(PROGRESS) >= 0) {
            if (progressAt.isAfter(Instant.EPOCH)) {
                out.printf(
                        "%6.1f %%  %d of %d rows, at %s, %.0f rows/s, at most %.2f s late%n",
                        100.0 * rows / recording.rows(),
                        rows,
                        recording.rows(),
                        recorded,
                        1000.0 * (rows - rowsAtProgress) / since.toMillis(),
                        latest.toMillis() / 1000.0);
                out.flush();
            }
            progressAt = now;
            rowsAtProgress = rows;
        }
    }

    private void bad(Recording.Bad found) {
        bad++;
        if (bad <= SHOWN_BAD) {
            out.println("  line " + found.line() + " is not replayed: " + found.reason());
        } else if (bad == SHOWN_BAD + 1) {
            out.println("  … further ones are only counted");
        }
    }

    private void tell(List<TruthWindows.Window> ended) {
        for (var window : ended) {
            var label = recording.labels().stream()
                    .filter(known -> known.column().name().equals(window.label()))
                    .findFirst()
                    .orElseThrow();
            var points = new ArrayList<String>();
            var facilities = new ArrayList<String>();
            for (var role : cast.roles()) {
                for (var part : role.parts()) {
                    if (label.series() == null
                            || label.series()
                                    .equals(recording
                                            .series()
                                            .get(part.series())
                                            .name())) {
                        points.add(role.device() + "." + part.metric());
                        facilities.add(role.facility());
                    }
                }
            }
            truth.append(new ReplayTruth.Record(
                    run + "-" + (truth.windows() + 1),
                    "label:" + window.label(),
                    facilities.stream().distinct().sorted().toList(),
                    points.stream().sorted().toList(),
                    window.from(),
                    window.to(),
                    "replay " + recording.file().getFileName()));
        }
    }
}
