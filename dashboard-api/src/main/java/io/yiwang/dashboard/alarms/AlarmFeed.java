package io.yiwang.dashboard.alarms;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What other parts see of the alarms. */
public interface AlarmFeed {
    /**
     * Tells of alarms that changed, right after the change is in the database. Two changes of one alarm may arrive in the
     * other order: the higher version is the newer one.
     *
     * @param listener must be quick: the alarm path waits for it
     */
    void onChange(Consumer<List<AlarmView>> listener);

    /** All alarms that are not closed, newest first. */
    List<AlarmView> open();

    /** What keeps alarms from coming in at this moment, a sentence; null when nothing does. */
    @Nullable
    String trouble();
}
