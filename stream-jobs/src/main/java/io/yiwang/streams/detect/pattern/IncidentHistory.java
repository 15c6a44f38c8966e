package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Pattern;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Evidence;
import io.yiwang.model.wire.Member;
import io.yiwang.streams.detect.course.Signal;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What was announced of one pattern at one facility and can still change. Mutable. An incident's id comes from its onset as first announced;
 * one that begins soon after the last one ended, see {@link #returnMillis}, is the same one again.
 */
public final class IncidentHistory {
    private static final long LONGEST_RETURN_MILLIS = 7_200_000;
    /** Event time after which what was can not be corrected any more, ms. */
    private static final long SETTLED_MILLIS = 1_200_000;
    /** Event time after which an incident that is over is final, ms. */
    static final long KEPT_MILLIS = LONGEST_RETURN_MILLIS + SETTLED_MILLIS;

    /** Withdrawn because a late reading shows that it never was. */
    static final String LATE_READING = "late_reading";
    /** Withdrawn because a symptom that was told later speaks against it, or because it was part of a worse incident. */
    static final String EXPLAINED_OTHERWISE = "explained_otherwise";

    private static final int VERSION = 1;

    private final List<Alarm> told = new ArrayList<>();
    private long newestOnsetMillis = Long.MIN_VALUE;

    /** Incidents that follow each other so soon that they are one. */
    private static final class Course {
        final Incident first;
        final TreeSet<Incident.Member> members;
        long endMillis;
        int runs = 1;
        /** It was part of a worse incident as soon as it was known. */
        boolean takenOver;

        Course(Incident incident) {
            first = incident;
            members = new TreeSet<>(incident.members());
            endMillis = incident.endMillis();
            takenOver = isTakenOver(incident);
        }

        private static boolean isTakenOver(Incident incident) {
            return !incident.isOpen() && incident.ending() == Incident.Ending.TAKEN_OVER;
        }

        boolean isFollowedBy(Incident incident) {
            return isOpen() || incident.onsetMillis() - returnMillis(incident.pattern()) <= endMillis;
        }

        void add(Incident incident) {
            runs += endMillis < incident.raisedMillis() ? 1 : 0;
            endMillis = Math.max(endMillis, incident.endMillis());
            members.addAll(incident.members());
            takenOver &= isTakenOver(incident);
        }

        boolean isOpen() {
            return endMillis == Signal.OPEN;
        }
    }

    /** Event time after its end in which an incident returns instead of a new one beginning, ms: its pattern's time, within reason. */
    static long returnMillis(Pattern pattern) {
        return Math.max(Signal.RETURN_MILLIS, Math.min(LONGEST_RETURN_MILLIS, 1000L * pattern.withinSeconds()));
    }

    /** When the incident that lasts was raised, epoch ms; {@link Signal#OPEN} when none does. */
    public long oldestOpenMillis() {
        return told.stream()
                .filter(alarm -> alarm.getClearedMillis() == 0)
                .mapToLong(Alarm::getRaisedMillis)
                .min()
                .orElse(Signal.OPEN);
    }

    /** Nothing of it can change any more. */
    public boolean isOver(long nowMillis) {
        return told.stream().allMatch(alarm -> isFinal(alarm.getClearedMillis(), nowMillis));
    }

    private static boolean isFinal(long clearedMillis, long nowMillis) {
        return clearedMillis != 0 && clearedMillis < nowMillis - KEPT_MILLIS;
    }

    /**
     * Announces what the incidents say and the history does not.
     *
     * @param incidents all that are known of the pattern at the facility, oldest first
     * @param corrected whether a late reading is the reason: an incident of which nobody knew and that is over is then only recorded
     * @param nowMillis newest event time
     * @param logMillis log clock of what is the reason
     */
    public void reconcile(
            List<Incident> incidents,
            String domain,
            String district,
            boolean corrected,
            long nowMillis,
            long logMillis,
            Consumer<Alarm> out) {
        told.removeIf(alarm -> isFinal(alarm.getClearedMillis(), nowMillis));
        var left = new ArrayList<>(told);
        for (var course : courses(incidents)) {
            var known = left.stream().filter(alarm -> isOf(alarm, course)).findFirst();
            if (known.isPresent()) {
                left.remove(known.get());
                follow(known.get(), course, nowMillis, logMillis, out);
            } else if (!course.takenOver && !isFinal(course.isOpen() ? 0 : course.endMillis, nowMillis)) {
                raise(course, domain, district, corrected, logMillis, out);
            }
        }
        for (var gone : left) {
            told.remove(gone);
            out.accept(gone.toBuilder()
                    .setStep(AlarmStep.WITHDRAWN)
                    .setWithdrawnReason(corrected ? LATE_READING : EXPLAINED_OTHERWISE)
                    .setClearedMillis(gone.getClearedMillis() == 0 ? gone.getLastMillis() : gone.getClearedMillis())
                    .setRevision(gone.getRevision() + 1)
                    .setLogMillis(logMillis)
                    .build());
        }
    }

    /** The pattern cannot be judged there any more: what lasts ends. */
    public void end(long logMillis, Consumer<Alarm> out) {
        for (var alarm : told) {
            if (alarm.getClearedMillis() == 0) {
                out.accept(alarm.toBuilder()
                        .setStep(AlarmStep.CLEARED)
                        .setClearedMillis(Math.max(alarm.getLastMillis(), alarm.getRaisedMillis()))
                        .setRevision(alarm.getRevision() + 1)
                        .setLogMillis(logMillis)
                        .build());
            }
        }
        told.clear();
    }

    private static List<Course> courses(List<Incident> incidents) {
        var courses = new ArrayList<Course>();
        for (var incident : incidents) {
            var newest = courses.isEmpty() ? null : courses.get(courses.size() - 1);
            if (newest != null && newest.isFollowedBy(incident)) {
                newest.add(incident);
            } else {
                courses.add(new Course(incident));
            }
        }
        return courses;
    }

    private static boolean isOf(Alarm alarm, Course course) {
        boolean open = alarm.getClearedMillis() == 0;
        long soon = returnMillis(course.first.pattern());
        return (course.isOpen() || alarm.getOnsetMillis() - soon <= course.endMillis)
                && (open || course.first.onsetMillis() - soon <= alarm.getClearedMillis());
    }

    private void raise(
            Course course, String domain, String district, boolean corrected, long logMillis, Consumer<Alarm> out) {
        var incident = course.first;
        var pattern = incident.pattern();
        // The same millisecond must not give the same id twice.
        long onset = incident.onsetMillis() == newestOnsetMillis ? newestOnsetMillis + 1 : incident.onsetMillis();
        newestOnsetMillis = Math.max(onset, newestOnsetMillis);
        var alarm = say(
                        Alarm.newBuilder()
                                .setId(Ids.alarm(incident.facility(), incident.rule(), onset))
                                .setFacility(incident.facility())
                                .setDomain(domain)
                                .setDistrict(district)
                                .setRule(incident.rule())
                                .setKind(AlarmKind.INCIDENT)
                                .setGrade(pattern.grade())
                                .setEvidence(Evidence.newBuilder()
                                        .setSide("pattern")
                                        .setSource(pattern.source())
                                        .setConfidence(pattern.confidence()))
                                .setHistoric(corrected && !course.isOpen()),
                        course)
                .setOnsetMillis(onset)
                .setLogMillis(logMillis);
        var raised = alarm.clone()
                .setStep(AlarmStep.RAISED)
                .setRevision(1)
                .setClearedMillis(0)
                .build();
        out.accept(raised);
        if (course.isOpen()) {
            told.add(raised);
        } else {
            var cleared = alarm.setStep(AlarmStep.CLEARED).setRevision(2).build();
            told.add(cleared);
            out.accept(cleared);
        }
    }

    private void follow(Alarm known, Course course, long nowMillis, long logMillis, Consumer<Alarm> out) {
        boolean returns = course.isOpen() && known.getClearedMillis() != 0;
        var now = say(known.toBuilder(), course)
                .setRaisedCount(Math.max(course.runs, known.getRaisedCount() + (returns ? 1 : 0)));
        if (Math.abs(known.getOnsetMillis() - course.first.onsetMillis()) <= 1) {
            now.setOnsetMillis(known.getOnsetMillis());
        } else if (course.first.raisedMillis() > known.getRaisedMillis()
                && known.getRaisedMillis() < nowMillis - SETTLED_MILLIS) {
            // How it began is settled, and no longer remembered.
            now.setOnsetMillis(known.getOnsetMillis()).setRaisedMillis(known.getRaisedMillis());
        }
        if (now.build().equals(known) || !course.isOpen() && isToldOf(known, now)) {
            return;
        }
        now.setStep(!course.isOpen() ? AlarmStep.CLEARED : returns ? AlarmStep.RAISED : AlarmStep.UPDATED);
        var step =
                now.setRevision(known.getRevision() + 1).setLogMillis(logMillis).build();
        told.set(told.indexOf(known), step);
        out.accept(step);
    }

    /** When it was and what it was made of is told: what its members do afterwards is their matter. */
    private static boolean isToldOf(Alarm known, Alarm.Builder now) {
        return known.getOnsetMillis() == now.getOnsetMillis()
                && known.getRaisedMillis() == now.getRaisedMillis()
                && known.getClearedMillis() == now.getClearedMillis()
                && known.getRaisedCount() == now.getRaisedCount()
                && known.getMembersCount() == now.getMembersCount();
    }

    /** What is worst about an incident is how much it shows: the peak is the number of its members, the last value how many of them last. */
    private static Alarm.Builder say(Alarm.Builder alarm, Course course) {
        alarm.setOnsetMillis(course.first.onsetMillis())
                .setRaisedMillis(course.first.raisedMillis())
                .setClearedMillis(course.isOpen() ? 0 : course.endMillis)
                .setRaisedCount(course.runs)
                .clearDevices()
                .clearMembers();
        var devices = new TreeSet<String>();
        long last = course.first.raisedMillis();
        int lasting = 0;
        long newest = course.first.onsetMillis();
        for (var member : course.members.stream().limit(Incident.MOST_MEMBERS).toList()) {
            var spell = member.spell();
            last = Math.max(last, spell.isOpen() ? spell.raisedMillis() : spell.endMillis());
            newest = Math.max(newest, spell.onsetMillis());
            lasting += spell.isOpen() ? 1 : 0;
            if (member.facility().equals(course.first.facility())) {
                devices.add(member.device());
            }
            alarm.addMembers(Member.newBuilder()
                    .setFacility(member.facility())
                    .setDevice(member.device())
                    .setMetric(member.metric())
                    .setSymptom(member.symptom())
                    .setOnsetMillis(spell.onsetMillis())
                    .setClearedMillis(spell.isOpen() ? 0 : spell.endMillis())
                    .setPeak(spell.peak()));
        }
        return alarm.addAllDevices(devices)
                .setPeak(alarm.getMembersCount())
                .setPeakMillis(newest)
                .setLast(lasting)
                .setLastMillis(last);
    }

    public IncidentHistory copy() {
        var copy = new IncidentHistory();
        copy.told.addAll(told);
        copy.newestOnsetMillis = newestOnsetMillis;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(newestOnsetMillis);
        out.writeShort(told.size());
        for (var alarm : told) {
            var bytes = alarm.toByteArray();
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /** @throws IOException also when it was written by a newer version */
    public static IncidentHistory read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("incidents of version " + version + " cannot be read");
        }
        var history = new IncidentHistory();
        history.newestOnsetMillis = in.readLong();
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            var bytes = new byte[in.readInt()];
            in.readFully(bytes);
            history.told.add(Alarm.parseFrom(bytes));
        }
        return history;
    }
}
