package io.yiwang.streams.detect.alarm;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.alarm.AlarmHistory.Told;
import io.yiwang.streams.detect.course.Episode;
import io.yiwang.streams.detect.course.Signal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Alarms follow from episodes: what is known now is compared with what was announced, and the difference is announced. So it does not
 * matter whether a reading came in its order or late: an alarm that began earlier than thought is corrected, one that never was is
 * withdrawn. An alarm's id comes from its onset as first announced and never changes; its revisions count up.
 */
public final class Reconciliation {
    /** Least event time between two updates of an alarm, ms. */
    public static final long UPDATE_MILLIS = 5_000;
    /** The readings around an onset that are kept as evidence. */
    static final int EVIDENCE = 32;

    private static final String LATE_READING = "late_reading";

    private Reconciliation() {}

    /** The newest readings of a device. */
    @FunctionalInterface
    public interface Readings {
        /** Oldest first, none before {@code fromMillis}. */
        List<Sample> since(long fromMillis);
    }

    /** A device that holds or held an alarm, and since when. */
    public record Holder(String device, Episode episode, Readings readings) {}

    /** What an alarm should say: episodes that overlap, or follow each other so soon that they are the same alarm. */
    private static final class Course {
        final TreeMap<String, Episode> episodes = new TreeMap<>();
        final TreeSet<String> devices = new TreeSet<>();
        /** The alarm whose past is part of it. */
        @Nullable
        Told told;

        Episode whole;
        Readings readings;

        Course(Part first) {
            whole = first.episode;
            readings = first.readings;
            take(first);
        }

        void add(Part part) {
            int breaks = whole.endMillis() < part.episode.raisedMillis() ? 1 : 0;
            whole = whole.and(part.episode, whole.runs() + part.episode.runs() - 1 + breaks);
            take(part);
        }

        private void take(Part part) {
            devices.addAll(part.devices);
            if (part.told == null) {
                episodes.put(part.devices.iterator().next(), part.episode);
            } else {
                told = part.told;
            }
        }

        boolean isFollowedBy(Part part) {
            return whole.isOpen() || part.episode.onsetMillis() - Signal.RETURN_MILLIS <= whole.endMillis();
        }
    }

    /** @param told null = it is what a device tells now */
    private record Part(
            Episode episode,
            Collection<String> devices,
            Readings readings,
            @Nullable Told told) {}

    private static final Readings NONE = from -> List.of();

    /**
     * Announces what the holders say and the history does not.
     *
     * @param corrected whether a late reading is the reason: an alarm of which nobody knew and that is over is then only recorded, and
     *     one that never was is withdrawn
     * @param settledMillis no late reading can change what was over before this
     * @param forgetMillis alarms that were over before this are final
     */
    public static void reconcile(
            AlarmHistory history,
            List<Holder> holders,
            Subject subject,
            boolean corrected,
            long settledMillis,
            long forgetMillis,
            long logMillis,
            Consumer<Alarm> out) {
        history.told.removeIf(told -> !told.isOpen() && told.alarm.getClearedMillis() < forgetMillis);
        history.told.forEach(told -> settle(told, holders, settledMillis));
        var left = new ArrayList<>(history.told);
        for (var course : courses(history, holders)) {
            var told = course.told;
            if (told == null) {
                told = left.stream()
                        .filter(one -> one.past == null && isOf(one.alarm, course.whole))
                        .findFirst()
                        .orElse(null);
            }
            if (told == null) {
                raise(history, course, subject, corrected, logMillis, out);
            } else {
                left.remove(told);
                told.episodes = course.episodes;
                follow(told, course, subject, logMillis, out);
            }
        }
        for (var gone : left) {
            boolean refuted = corrected && (gone.isOpen() || gone.alarm.getClearedMillis() >= settledMillis);
            if (refuted) {
                history.told.remove(gone);
                out.accept(gone.alarm.toBuilder()
                        .setStep(AlarmStep.WITHDRAWN)
                        .setWithdrawnReason(LATE_READING)
                        .setClearedMillis(gone.isOpen() ? gone.alarm.getLastMillis() : gone.alarm.getClearedMillis())
                        .setRevision(gone.alarm.getRevision() + 1)
                        .setLogMillis(logMillis)
                        .build());
            } else if (gone.isOpen()) {
                // Who held it is not measured any more.
                history.told.remove(gone);
                out.accept(cleared(gone.alarm, logMillis));
            }
        }
    }

    /** What an alarm was concluded from and its point has forgotten was so: no late reading could change it. */
    private static void settle(Told told, List<Holder> holders, long settledMillis) {
        for (var entry : told.episodes.entrySet()) {
            var episode = entry.getValue();
            boolean isTold = holders.stream()
                    .anyMatch(holder -> holder.device.equals(entry.getKey())
                            && holder.episode.onsetMillis() == episode.onsetMillis());
            if (isTold || episode.endMillis() >= settledMillis) {
                continue;
            }
            told.pastDevices.add(entry.getKey());
            if (told.past == null) {
                told.past = episode;
                continue;
            }
            long end = told.past.endMillis();
            boolean isBreak = end < episode.raisedMillis()
                    && holders.stream().noneMatch(holder -> holder.episode.spans(end, episode.raisedMillis()));
            told.past = told.past.and(episode, told.past.runs() + episode.runs() - 1 + (isBreak ? 1 : 0));
        }
    }

    private static List<Course> courses(AlarmHistory history, List<Holder> holders) {
        var parts = new ArrayList<Part>();
        for (var told : history.told) {
            if (told.past != null) {
                parts.add(new Part(told.past, told.pastDevices, NONE, told));
            }
        }
        for (var holder : holders) {
            parts.add(new Part(holder.episode, List.of(holder.device), holder.readings, null));
        }
        parts.sort(Comparator.comparingLong((Part part) -> part.episode.onsetMillis())
                .thenComparing(part -> part.devices.iterator().next()));
        var courses = new ArrayList<Course>();
        for (var part : parts) {
            var newest = courses.isEmpty() ? null : courses.get(courses.size() - 1);
            if (newest != null && newest.isFollowedBy(part)) {
                newest.add(part);
            } else {
                courses.add(new Course(part));
            }
        }
        return courses;
    }

    /** Nothing can hold the alarms any more, such as when their rule is gone: they end with their last reading. */
    public static void end(AlarmHistory history, long logMillis, Consumer<Alarm> out) {
        for (var told : history.told) {
            if (told.isOpen()) {
                out.accept(cleared(told.alarm, logMillis));
            }
        }
        history.told.clear();
    }

    private static Alarm cleared(Alarm alarm, long logMillis) {
        return alarm.toBuilder()
                .setStep(AlarmStep.CLEARED)
                .setClearedMillis(Math.max(alarm.getLastMillis(), alarm.getRaisedMillis()))
                .setRevision(alarm.getRevision() + 1)
                .setLogMillis(logMillis)
                .build();
    }

    private static boolean isOf(Alarm alarm, Episode whole) {
        long end = alarm.getClearedMillis() == 0 ? Signal.OPEN : alarm.getClearedMillis();
        return (whole.isOpen() || alarm.getOnsetMillis() - Signal.RETURN_MILLIS <= whole.endMillis())
                && (end == Signal.OPEN || whole.onsetMillis() - Signal.RETURN_MILLIS <= end);
    }

    private static void raise(
            AlarmHistory history,
            Course course,
            Subject subject,
            boolean corrected,
            long logMillis,
            Consumer<Alarm> out) {
        // The same millisecond must not give the same id twice.
        long onset = course.whole.onsetMillis();
        if (onset == history.newestOnsetMillis) {
            onset++;
        }
        history.newestOnsetMillis = Math.max(onset, history.newestOnsetMillis);
        boolean open = course.whole.isOpen();
        var alarm = Alarm.newBuilder()
                .setId(Ids.alarm(subject.facility(), subject.rule(), onset))
                .setFacility(subject.facility())
                .setDomain(subject.domain())
                .setDistrict(subject.district())
                .setRule(subject.rule())
                .setKind(subject.kind())
                .setMetric(subject.metric())
                .setGrade(subject.grade())
                .setEvidence(subject.evidence())
                .setHistoric(subject.historic() || corrected && !open);
        say(alarm, course);
        alarm.setOnsetMillis(onset).setLogMillis(logMillis);
        var told = new Told(alarm.clone()
                .setStep(AlarmStep.RAISED)
                .setRevision(1)
                .setClearedMillis(0)
                .build());
        out.accept(told.alarm);
        if (!open) {
            told.alarm = alarm.setStep(AlarmStep.CLEARED).setRevision(2).build();
            out.accept(told.alarm);
        }
        told.episodes = course.episodes;
        history.told.add(told);
    }

    private static void follow(Told told, Course course, Subject subject, long logMillis, Consumer<Alarm> out) {
        var known = told.alarm;
        var now = known.toBuilder();
        if (course.whole.isOpen() && !told.isOpen()) {
            // Raised again, perhaps by a rule that has changed since.
            now.setEvidence(subject.evidence()).setGrade(subject.grade());
        }
        say(now, course);
        boolean sameOnset = Math.abs(course.whole.onsetMillis() - known.getOnsetMillis()) <= 1;
        now.setOnsetMillis(sameOnset ? known.getOnsetMillis() : course.whole.onsetMillis())
                .setRevision(known.getRevision() + 1)
                .setLogMillis(logMillis);
        if (course.whole.isOpen() && told.isOpen()) {
            boolean urgent = !sameOnset || now.getRaisedCount() != known.getRaisedCount();
            boolean grew = now.getDevicesCount() > known.getDevicesCount()
                    || now.getPeakMillis() != known.getPeakMillis()
                            && Math.abs(now.getPeak() - known.getPeak()) >= subject.step();
            if (!urgent && (!grew || course.whole.lastMillis() < known.getLastMillis() + UPDATE_MILLIS)) {
                return;
            }
            now.setStep(AlarmStep.UPDATED);
        } else if (course.whole.isOpen()) {
            now.setStep(AlarmStep.RAISED);
        } else {
            boolean same = now.getClearedMillis() == known.getClearedMillis()
                    && sameOnset
                    && now.getPeak() == known.getPeak()
                    && now.getPeakMillis() == known.getPeakMillis()
                    && now.getRaisedMillis() == known.getRaisedMillis()
                    && now.getRaisedCount() == known.getRaisedCount()
                    && now.getDevicesList().equals(known.getDevicesList());
            if (same) {
                return;
            }
            now.setStep(AlarmStep.CLEARED);
        }
        told.alarm = now.build();
        out.accept(told.alarm);
    }

    private static void say(Alarm.Builder alarm, Course course) {
        var whole = course.whole;
        alarm.setRaisedMillis(whole.raisedMillis())
                .setClearedMillis(whole.isOpen() ? 0 : whole.endMillis())
                .setPeak(whole.peak())
                .setPeakMillis(whole.peakMillis())
                .setLast(whole.last())
                .setLastMillis(whole.lastMillis())
                .setRaisedCount(whole.runs())
                .clearDevices()
                .addAllDevices(course.devices);
        var evidence = alarm.getEvidenceBuilder();
        if (!Double.isNaN(whole.limit())) {
            evidence.setLimit(whole.limit());
        }
        if (whole.learned() != null) {
            evidence.setLearned(whole.learned());
        }
        int shown = evidence.getSamplesCount();
        long from = shown == 0 ? Long.MIN_VALUE : evidence.getSamples(shown - 1).getEventTimeMillis() + 1;
        for (var sample : course.readings.since(from)) {
            if (evidence.getSamplesCount() < EVIDENCE) {
                evidence.addSamples(sample);
            }
        }
    }
}
