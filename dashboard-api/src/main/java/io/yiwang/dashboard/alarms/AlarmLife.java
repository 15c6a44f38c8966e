package io.yiwang.dashboard.alarms;

import org.jspecify.annotations.Nullable;

/**
 * What this side knows about an alarm besides the detect job's newest words.
 *
 * @param grade 1 (worst) to 4, as last announced
 * @param historic concluded from late data: recorded, never live
 * @param revision of the newest announcement taken in
 * @param version grows by one with every change of anything
 * @param stateVersion the version at which {@code state} last changed
 * @param ackedBy who took it up, null while nobody has
 * @param ackedMillis when, 0 while nobody has
 * @param incident id of the incident that it is part of, null when it stands for itself
 * @param verdict what was last said of it, null when nothing ever was
 */
record AlarmLife(
        AlarmState state,
        int grade,
        boolean historic,
        int revision,
        int version,
        int stateVersion,
        @Nullable String ackedBy,
        long ackedMillis,
        int comments,
        @Nullable String incident,
        @Nullable Said verdict) {

    /** Of an alarm that was heard of for the first time. */
    static AlarmLife begun(AlarmState state, int grade, boolean historic, int revision) {
        return new AlarmLife(state, grade, historic, revision, 1, 1, null, 0, 0, null, null);
    }

    boolean acked() {
        return ackedBy != null;
    }

    boolean open() {
        return state != AlarmState.CLOSED;
    }

    /** After an announcement that leaves the state as it is. */
    AlarmLife announced(int nextGrade, boolean nextHistoric, int nextRevision) {
        return new AlarmLife(
                state,
                nextGrade,
                nextHistoric,
                nextRevision,
                version + 1,
                stateVersion,
                ackedBy,
                ackedMillis,
                comments,
                incident,
                verdict);
    }

    /** Belongs to the version it is in: no new one. */
    AlarmLife moved(AlarmState next) {
        return next == state
                ? this
                : new AlarmLife(
                        next,
                        grade,
                        historic,
                        revision,
                        version,
                        version,
                        ackedBy,
                        ackedMillis,
                        comments,
                        incident,
                        verdict);
    }

    /** Waits for a person, whoever took it up before; belongs to the version it is in. */
    AlarmLife unacked() {
        return new AlarmLife(
                AlarmState.UNACKED, grade, historic, revision, version, version, null, 0, comments, incident, verdict);
    }

    AlarmLife acked(String by, long atMillis) {
        return new AlarmLife(
                state, grade, historic, revision, version + 1, stateVersion, by, atMillis, comments, incident, verdict);
    }

    AlarmLife commented() {
        return new AlarmLife(
                state,
                grade,
                historic,
                revision,
                version + 1,
                stateVersion,
                ackedBy,
                ackedMillis,
                comments + 1,
                incident,
                verdict);
    }

    AlarmLife said(Said said) {
        return new AlarmLife(
                state,
                grade,
                historic,
                revision,
                version + 1,
                stateVersion,
                ackedBy,
                ackedMillis,
                comments,
                incident,
                said);
    }

    AlarmLife partOf(@Nullable String next) {
        return new AlarmLife(
                state,
                grade,
                historic,
                revision,
                version + 1,
                stateVersion,
                ackedBy,
                ackedMillis,
                comments,
                next,
                verdict);
    }
}
