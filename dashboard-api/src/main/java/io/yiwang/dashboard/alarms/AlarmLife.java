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
 */
public record AlarmLife(
        AlarmState state,
        int grade,
        boolean historic,
        int revision,
        int version,
        int stateVersion,
        @Nullable String ackedBy,
        long ackedMillis,
        int comments) {

    public boolean acked() {
        return ackedBy != null;
    }

    AlarmLife moved(AlarmState next) {
        return next == state
                ? this
                : new AlarmLife(next, grade, historic, revision, version, version, ackedBy, ackedMillis, comments);
    }

    AlarmLife touched() {
        return new AlarmLife(
                state, grade, historic, revision, version + 1, stateVersion, ackedBy, ackedMillis, comments);
    }
}
