package io.yiwang.streams.intake;

/**
 * Judges a device's clock by the way of its messages: log clock minus event time, and of the messages that come together the least,
 * because the way takes time but never gives any. A device that sends what it kept while it was silent says nothing of its clock.
 *
 * <p>The clock is wrong once {@value #BUNCHES} bunches in a row are off by more than {@value #OFF_MILLIS} ms (of a device whose quickest
 * metric is slower than that by more than one period, since analysers stamp the moment of sampling) and agree within {@value
 * #AGREE_MILLIS} ms; it is right again once as many are off by less than half of that.
 *
 * <p>It also counts the bunches of which half comes again. A device that was away sends again what it has no answer for, which is as it
 * should be; one that does so in bunch after bunch without having been away is broken, or answers never reach it. Each such bunch
 * weighs {@value #REPEAT_STEP}, each other takes one off; it is told from {@value #REPEAT_TELLS} on, until 0.
 */
final class DeviceClock {
    static final int BUNCHES = 4;
    static final long OFF_MILLIS = 60_000;
    /** Waking up and registering may take a battery device half a minute. */
    static final long AGREE_MILLIS = 40_000;

    private static final long TOGETHER_MILLIS = 5_000;
    private static final long SILENT_AT_LEAST_MILLIS = 60_000;
    private static final float GAPS_OF_SILENCE = 3;
    private static final float LEARNING = 1f / 8;
    /** In a fast city what delays everybody for seconds must not look like everybody's clock. */
    private static final long SLACKS = 10;

    private static final int REPEAT_STEP = 2;
    private static final int REPEAT_TELLS = 10;
    private static final int MOST_REPEATS = 1 << 20;
    private static final int MOST_REPEAT_DOUBT = 16;

    /** What the way may take besides, because time runs fast in the city, ms. */
    private final long slackMillis;

    DeviceClock(long slackMillis) {
        this.slackMillis = slackMillis;
    }

    /**
     * Takes in one message of the device.
     *
     * @param periodMillis of the quickest of its metrics; 0 when they come on change only
     * @return whether it was measured while the device was silent
     */
    boolean hears(DeviceMemory memory, long eventMillis, long logMillis, long periodMillis) {
        boolean bunchBegins =
                memory.heardLogMillis == 0 || logMillis - memory.bunchMillis > TOGETHER_MILLIS + slackMillis;
        if (bunchBegins) {
            if (memory.bunchMillis != 0 && memory.bunchOffMillis != Long.MAX_VALUE) {
                endOfBunch(memory, Math.max(OFF_MILLIS + SLACKS * slackMillis, periodMillis));
            }
            if (memory.bunchMillis != memory.silentToMillis) {
                countRepeats(memory);
            }
            memory.bunchMessages = 0;
            memory.bunchRepeats = 0;
            long gap = memory.heardLogMillis == 0 ? 0 : logMillis - memory.heardLogMillis;
            if (isSilence(memory, gap)) {
                memory.silentFromMillis = memory.heardLogMillis;
                memory.silentToMillis = logMillis;
            }
            if (gap > 0) {
                memory.usualGapMillis += (memory.usualGapMillis == 0 ? 1 : LEARNING) * (gap - memory.usualGapMillis);
            }
            memory.bunchMillis = logMillis;
            memory.bunchOffMillis = Long.MAX_VALUE;
        }
        memory.heardLogMillis = logMillis;
        memory.bunchMessages = (short) Math.min(memory.bunchMessages + 1, Short.MAX_VALUE);
        boolean whileSilent = eventMillis > memory.silentFromMillis && eventMillis < memory.silentToMillis;
        if (!whileSilent) {
            long off = logMillis - eventMillis;
            memory.bunchOffMillis = Math.min(memory.bunchOffMillis, off > 0 ? Math.max(0, off - slackMillis) : off);
        }
        return whileSilent;
    }

    /** A message of the device has come that was there before. */
    void hearsAgain(DeviceMemory memory, long logMillis) {
        if (!isSilence(memory, logMillis - memory.heardLogMillis)) {
            memory.bunchRepeats = (short) Math.min(memory.bunchRepeats + 1, Short.MAX_VALUE);
            memory.repeats = Math.min(memory.repeats + 1, MOST_REPEATS);
        }
    }

    private boolean isSilence(DeviceMemory memory, long gapMillis) {
        return gapMillis > SILENT_AT_LEAST_MILLIS + slackMillis && gapMillis > GAPS_OF_SILENCE * memory.usualGapMillis;
    }

    private static void countRepeats(DeviceMemory memory) {
        memory.repeatDoubt = (byte)
                (memory.bunchRepeats > 0 && 2 * memory.bunchRepeats >= memory.bunchMessages
                        ? Math.min(memory.repeatDoubt + REPEAT_STEP, MOST_REPEAT_DOUBT)
                        : Math.max(0, memory.repeatDoubt - 1));
        if (memory.repeatDoubt == 0) {
            memory.repeats = 0;
            memory.isRepeating = false;
        } else if (memory.repeatDoubt >= REPEAT_TELLS) {
            memory.isRepeating = true;
        }
    }

    private void endOfBunch(DeviceMemory memory, long allowedMillis) {
        long off = memory.bunchOffMillis;
        if (Math.abs(off) <= (memory.clockOffMillis == 0 ? allowedMillis : allowedMillis / 2)) {
            memory.bunches = Math.min(memory.bunches, 0) - 1;
            if (memory.bunches <= -BUNCHES) {
                memory.bunches = -BUNCHES;
                memory.clockOffMillis = 0;
            }
            return;
        }
        long least = Math.min(memory.leastOffMillis, off);
        long most = Math.max(memory.mostOffMillis, off);
        if (memory.bunches <= 0 || most - least > AGREE_MILLIS + slackMillis) {
            memory.bunches = 1;
            memory.leastOffMillis = off;
            memory.mostOffMillis = off;
            return;
        }
        memory.bunches = Math.min(memory.bunches + 1, BUNCHES);
        memory.leastOffMillis = least;
        memory.mostOffMillis = most;
        // Once told it stays as it is, so that corrected times keep their distances, until the clock is off by
        // something else.
        if (memory.bunches == BUNCHES && Math.abs(least - memory.clockOffMillis) > AGREE_MILLIS + slackMillis) {
            memory.clockOffMillis = least;
        }
    }
}
