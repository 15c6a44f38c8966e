package io.yiwang.sim.replay;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a file writes its times. ISO-8601 and {@code yyyy-MM-dd HH:mm[:ss]}, epoch seconds or milliseconds, and day, month, year in any
 * order with a dot, dash or slash. A time without zone is UTC.
 */
enum RecordedTimes {
    /** Year first; with or without T, seconds, fraction and offset. */
    YEAR_FIRST,
    DAY_FIRST,
    MONTH_FIRST,
    EPOCH_SECONDS,
    EPOCH_MILLIS;

    private static final String TIME = "(?:[T ]+(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(\\.\\d{1,9})?)?)?)?";
    private static final Pattern YEAR = Pattern.compile(
            "(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})" + TIME + "\\s*(Z|z|[+-]\\d{2}:?\\d{2}|[+-]\\d{2}|UTC)?");
    private static final Pattern SHORT = Pattern.compile("(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{2}|\\d{4})" + TIME);
    private static final Pattern EPOCH = Pattern.compile("\\d{9,13}(\\.\\d+)?");
    private static final double FIRST_MILLIS = 1e11;

    /** What files of this kind of time are told to look like. */
    static final String FORMS =
            "ISO-8601, yyyy-MM-dd HH:mm[:ss], dd/MM/yy[yy] HH[:mm[:ss]], or epoch seconds or milliseconds";

    /**
     * Recognises the form in which all the cells are written. Where nothing tells day and month apart, the day is first.
     *
     * @throws CannotReplay when there is none
     */
    static RecordedTimes recognise(List<String> cells) {
        var written = cells.stream().filter(cell -> !CsvCells.isGap(cell)).toList();
        if (written.isEmpty()) {
            throw new CannotReplay("the time column is empty");
        }
        for (var form : new RecordedTimes[] {YEAR_FIRST, EPOCH_MILLIS, EPOCH_SECONDS, DAY_FIRST, MONTH_FIRST}) {
            if (written.stream().allMatch(form::fits)) {
                return form;
            }
        }
        throw new CannotReplay("the times are written in no form that is known, or in more than one, e.g. '"
                + written.get(0) + "' and '" + written.get(written.size() - 1) + "'; known are " + FORMS);
    }

    private boolean fits(String cell) {
        try {
            parse(cell);
            return true;
        } catch (DateTimeException | NumberFormatException e) {
            return false;
        }
    }

    /** Whether a cell could be a time, for finding the column. A number below 10⁹ is a value. */
    static boolean isTime(String cell) {
        for (var form : values()) {
            if (form.fits(cell)) {
                return true;
            }
        }
        return false;
    }

    /** @throws DateTimeException when the cell is no such time */
    Instant parse(String cell) {
        return switch (this) {
            case YEAR_FIRST -> yearFirst(matched(YEAR, cell));
            case DAY_FIRST -> yearLast(matched(SHORT, cell), 1, 2);
            case MONTH_FIRST -> yearLast(matched(SHORT, cell), 2, 1);
            case EPOCH_SECONDS -> epoch(cell, false);
            case EPOCH_MILLIS -> epoch(cell, true);
        };
    }

    private static Matcher matched(Pattern pattern, String cell) {
        var matcher = pattern.matcher(cell);
        if (!matcher.matches()) {
            throw new DateTimeException("'" + cell + "' is not a time");
        }
        return matcher;
    }

    private static Instant yearFirst(Matcher m) {
        var date = LocalDate.of(number(m, 1), number(m, 2), number(m, 3));
        var offset = m.group(8);
        if (offset == null || offset.equalsIgnoreCase("Z") || offset.equals("UTC")) {
            return date.atTime(time(m, 4)).toInstant(ZoneOffset.UTC);
        }
        return OffsetDateTime.of(date, time(m, 4), ZoneOffset.of(offset)).toInstant();
    }

    private static Instant yearLast(Matcher m, int day, int month) {
        int year = number(m, 3);
        return LocalDateTime.of(
                        LocalDate.of(year < 100 ? 2000 + year : year, number(m, month), number(m, day)), time(m, 4))
                .toInstant(ZoneOffset.UTC);
    }

    private static LocalTime time(Matcher m, int hour) {
        var fraction = m.group(hour + 3);
        int nanos = fraction == null ? 0 : (int) Math.round(Double.parseDouble("0" + fraction) * 1e9);
        return LocalTime.of(number(m, hour), number(m, hour + 1), number(m, hour + 2), Math.min(nanos, 999_999_999));
    }

    private static int number(Matcher m, int group) {
        var text = m.group(group);
        return text == null ? 0 : Integer.parseInt(text);
    }

    private static Instant epoch(String cell, boolean millis) {
        matched(EPOCH, cell);
        double number = Double.parseDouble(cell);
        if (number >= FIRST_MILLIS != millis) {
            throw new DateTimeException("'" + cell + "' is not a time");
        }
        return Instant.ofEpochMilli(Math.round(millis ? number : number * 1000));
    }
}
