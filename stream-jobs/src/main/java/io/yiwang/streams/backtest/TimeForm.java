package io.yiwang.streams.backtest;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/** How a file writes its times; recognised once for all rows. {@link Reader} reads them without making anything. */
enum TimeForm {
    /** Year first, as in ISO-8601 or {@code 2024/1/5 8:30}; with or without T, seconds, fraction and offset. */
    YEAR_FIRST,
    DAY_FIRST,
    MONTH_FIRST,
    /** {@code yyyyMMddHHmmss}, perhaps with milliseconds, as HJ 212 writes it. */
    COMPACT,
    EPOCH_SECONDS,
    EPOCH_MILLIS,
    EPOCH_MICROS,
    EPOCH_NANOS;

    /** What a cell says that is no time. */
    static final long NONE = Long.MIN_VALUE;

    /** What files are told to look like. */
    static final String FORMS =
            "ISO-8601, yyyy-MM-dd HH:mm[:ss], yyyyMMddHHmmss, dd/MM/yy[yy] HH[:mm[:ss]], MM/dd/yyyy, or epoch"
                    + " seconds, milliseconds, microseconds or nanoseconds";

    private static final long DAY_MILLIS = 86_400_000;
    private static final int[] MONTH_DAYS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    /** Fewest digits by which a number alone is taken for a time, when nobody says that its column is one. */
    private static final int SURE_DIGITS = 9;

    /**
     * Recognises the form in which the cells are written: the one that reads most of them, of equals the one in which time goes back
     * least, then the day before the month.
     *
     * @param cells as they stand in the file, in its order, without gaps
     * @param zone of times that do not say theirs
     * @throws CannotBacktest when no form reads at least half of them
     */
    static TimeForm recognise(List<String> cells, ZoneId zone, String file) {
        TimeForm best = null;
        int mostRead = cells.size() / 2;
        int leastBack = Integer.MAX_VALUE;
        for (var form : values()) {
            var reader = form.reader(zone);
            int read = 0;
            int back = 0;
            long before = NONE;
            for (var cell : cells) {
                long millis = reader.millis(cell);
                if (millis != NONE) {
                    read++;
                    back += millis < before ? 1 : 0;
                    before = millis;
                }
            }
            if (read > mostRead || read == mostRead && best != null && back < leastBack) {
                best = form;
                mostRead = read;
                leastBack = back;
            }
        }
        if (best == null) {
            throw new CannotBacktest(file + ": the time column is written in no form that is known, e.g. "
                    + (cells.isEmpty() ? "it is empty" : "'" + cells.get(0) + "'") + "; known are " + FORMS);
        }
        return best;
    }

    /** Whether all of the cells could be times, for finding the column. A short number is a value. */
    static boolean areTimes(List<String> cells) {
        var readers = new ArrayList<Reader>();
        for (var form : values()) {
            readers.add(form.reader(ZoneOffset.UTC));
        }
        return !cells.isEmpty()
                && cells.stream()
                        .allMatch(cell -> (cell.length() >= SURE_DIGITS || !isDigits(cell))
                                && readers.stream().anyMatch(reader -> reader.millis(cell) != NONE));
    }

    private static boolean isDigits(String cell) {
        return cell.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
    }

    /** @param zone of times that do not say theirs */
    Reader reader(ZoneId zone) {
        return new Reader(this, zone);
    }

    /** Reads times of one form; not thread-safe. */
    static final class Reader {
        private static final long NO_QUARTER = Long.MIN_VALUE;
        /** No zone has changed its offset within a quarter of an hour. */
        private static final long QUARTER_MILLIS = 900_000;

        private final TimeForm form;
        private final ZoneRules zone;
        private char[] text = {};
        private int at;
        private int end;
        private long offsetQuarter = NO_QUARTER;
        private long offsetMillis;

        private Reader(TimeForm form, ZoneId zone) {
            this.form = form;
            this.zone = zone.getRules();
        }

        long millis(String cell) {
            var chars = cell.toCharArray();
            return millis(chars, 0, chars.length);
        }

        /** Epoch ms of the time in a cell, {@link #NONE} when it is no time of this form. */
        long millis(char[] cell, int from, int length) {
            text = cell;
            at = from;
            end = from + length;
            while (at < end && text[at] <= ' ') {
                at++;
            }
            while (end > at && text[end - 1] <= ' ') {
                end--;
            }
            return switch (form) {
                case YEAR_FIRST -> yearFirst();
                case DAY_FIRST -> yearLast(true);
                case MONTH_FIRST -> yearLast(false);
                case COMPACT -> compact();
                case EPOCH_SECONDS -> epoch(1, 11);
                case EPOCH_MILLIS -> epoch(12, 13);
                case EPOCH_MICROS -> epoch(15, 16);
                case EPOCH_NANOS -> epoch(18, 19);
            };
        }

        private long yearFirst() {
            int year = number(4, 4);
            if (!dateSeparator('年')) {
                return NONE;
            }
            int month = number(1, 2);
            if (!dateSeparator('月')) {
                return NONE;
            }
            int day = number(1, 2);
            if (at < end && text[at] == '日') {
                at++;
            }
            return withTime(year, month, day);
        }

        private long yearLast(boolean dayFirst) {
            int first = number(1, 2);
            if (!dateSeparator('/')) {
                return NONE;
            }
            int second = number(1, 2);
            if (!dateSeparator('/')) {
                return NONE;
            }
            int from = at;
            int year = number(2, 4);
            if (at - from == 3) {
                return NONE;
            }
            year += at - from == 2 ? 2000 : 0;
            return dayFirst ? withTime(year, second, first) : withTime(year, first, second);
        }

        private boolean dateSeparator(char also) {
            if (at < end && (text[at] == '-' || text[at] == '/' || text[at] == '.' || text[at] == also)) {
                at++;
                return true;
            }
            return false;
        }

        /** The time of day and the offset, if any, behind a date. */
        private long withTime(int year, int month, int day) {
            long date = days(year, month, day);
            if (date == NONE) {
                return NONE;
            }
            long local = date * DAY_MILLIS;
            if (at < end) {
                if (text[at] == 'T' || text[at] == 't') {
                    at++;
                } else if (!spaces()) {
                    return NONE;
                }
                long ofDay = timeOfDay();
                if (ofDay == NONE) {
                    return NONE;
                }
                local += ofDay;
                spaces();
            }
            return at == end ? local - offset(local) : withOffset(local);
        }

        private long timeOfDay() {
            int hour = number(1, 2);
            int minute = 0;
            int second = 0;
            int milli = 0;
            if (hour < 0) {
                return NONE;
            }
            if (timeSeparator('时')) {
                minute = number(2, 2);
                if (timeSeparator('分')) {
                    second = number(1, 2);
                    if (at < end && (text[at] == '.' || text[at] == ',')) {
                        at++;
                        milli = fraction();
                    }
                    if (at < end && text[at] == '秒') {
                        at++;
                    }
                }
            }
            hour = halfDay(hour);
            if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || milli < 0) {
                return NONE;
            }
            return ((hour * 60L + minute) * 60 + second) * 1000 + milli;
        }

        private boolean timeSeparator(char also) {
            if (at < end && (text[at] == ':' || text[at] == also)) {
                at++;
                return at < end && text[at] >= '0' && text[at] <= '9';
            }
            return false;
        }

        /** AM and PM, where they are written. */
        private int halfDay(int hour) {
            int word = at;
            while (word < end && text[word] == ' ') {
                word++;
            }
            if (end - word < 2 || (text[word + 1] != 'M' && text[word + 1] != 'm')) {
                return hour;
            }
            boolean pm = text[word] == 'P' || text[word] == 'p';
            if (!pm && text[word] != 'A' && text[word] != 'a' || hour < 1 || hour > 12) {
                return -1;
            }
            at = word + 2;
            return hour % 12 + (pm ? 12 : 0);
        }

        /** Milliseconds, cut; -1 without a digit. */
        private int fraction() {
            int millis = 0;
            int digits = 0;
            while (at < end && text[at] >= '0' && text[at] <= '9') {
                if (digits < 3) {
                    millis = 10 * millis + text[at] - '0';
                }
                digits++;
                at++;
            }
            for (int i = digits; i < 3; i++) {
                millis *= 10;
            }
            return digits == 0 ? -1 : millis;
        }

        private long withOffset(long local) {
            char c = text[at];
            if (c == 'Z' || c == 'z') {
                return at + 1 == end ? local : NONE;
            }
            if (end - at == 3 && (is("UTC") || is("GMT"))) {
                return local;
            }
            if (c != '+' && c != '-') {
                return NONE;
            }
            at++;
            int hours = number(2, 2);
            int minutes = 0;
            if (at < end) {
                if (text[at] == ':') {
                    at++;
                }
                minutes = number(2, 2);
            }
            if (at != end || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
                return NONE;
            }
            long offset = (hours * 60L + minutes) * 60_000;
            return c == '+' ? local - offset : local + offset;
        }

        private boolean is(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (text[at + i] != word.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private long compact() {
            int digits = end - at;
            if (digits != 14 && digits != 17) {
                return NONE;
            }
            long date = days(number(4, 4), number(2, 2), number(2, 2));
            int hour = number(2, 2);
            int minute = number(2, 2);
            int second = number(2, 2);
            int milli = digits == 17 ? number(3, 3) : 0;
            if (date == NONE
                    || hour < 0
                    || hour > 23
                    || minute < 0
                    || minute > 59
                    || second < 0
                    || second > 59
                    || milli < 0) {
                return NONE;
            }
            long local = date * DAY_MILLIS + ((hour * 60L + minute) * 60 + second) * 1000 + milli;
            return local - offset(local);
        }

        private long epoch(int fewest, int most) {
            int from = at;
            long number = 0;
            while (at < end && text[at] >= '0' && text[at] <= '9') {
                if (at - from == most) {
                    return NONE;
                }
                number = 10 * number + text[at++] - '0';
            }
            if (at - from < fewest) {
                return NONE;
            }
            int millis = 0;
            if (at < end && text[at] == '.') {
                at++;
                millis = fraction();
            }
            if (at != end || millis < 0) {
                return NONE;
            }
            return switch (form) {
                case EPOCH_SECONDS -> number * 1000 + millis;
                case EPOCH_MILLIS -> number;
                case EPOCH_MICROS -> number / 1000;
                default -> number / 1_000_000;
            };
        }

        private boolean spaces() {
            int from = at;
            while (at < end && text[at] == ' ') {
                at++;
            }
            return at > from;
        }

        /** -1 when there are fewer digits; stops behind the most. */
        private int number(int fewest, int most) {
            int from = at;
            int number = 0;
            while (at < end && at - from < most && text[at] >= '0' && text[at] <= '9') {
                number = 10 * number + text[at++] - '0';
            }
            return at - from < fewest ? -1 : number;
        }

        private long offset(long local) {
            long quarter = Math.floorDiv(local, QUARTER_MILLIS);
            if (quarter != offsetQuarter) {
                offsetQuarter = quarter;
                offsetMillis = 1000L
                        * zone.getOffset(LocalDateTime.ofEpochSecond(Math.floorDiv(local, 1000), 0, ZoneOffset.UTC))
                                .getTotalSeconds();
            }
            return offsetMillis;
        }

        /** Days since 1970-01-01; {@link #NONE} when there is no such day. */
        private static long days(int year, int month, int day) {
            if (year < 1 || month < 1 || month > 12 || day < 1 || day > MONTH_DAYS[month - 1]) {
                return NONE;
            }
            boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            if (month == 2 && day == 29 && !leap) {
                return NONE;
            }
            // Counted from March on, so that the leap day is a year's last.
            int y = month > 2 ? year : year - 1;
            int m = month > 2 ? month - 3 : month + 9;
            return 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
        }
    }
}
