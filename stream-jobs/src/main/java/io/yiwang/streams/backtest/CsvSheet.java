package io.yiwang.streams.backtest;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordWrapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file of recorded series is. It is looked through once to learn this, and read again row by row, so that its size does not
 * matter.
 *
 * @param names of the columns
 * @param isLong a row is one value of one series, named in the {@code keys}; otherwise a row is one moment of all series
 * @param keys columns that together name the series; only of a long file
 * @param values columns with numbers: the only one of a long file, one a series otherwise
 * @param left columns that are none of these, with the reason
 * @param periodMillis usual time between two values, by the order of {@code values}; of a long file the one of its rows, which says
 *     little
 * @param inOrder no time lies before the one of the row above
 */
record CsvSheet(
        Path file,
        Charset charset,
        char separator,
        boolean decimalComma,
        List<String> names,
        int timeColumn,
        TimeForm times,
        ZoneId zone,
        boolean isLong,
        List<Integer> keys,
        List<Integer> values,
        List<String> left,
        List<Long> periodMillis,
        boolean inOrder,
        long rows,
        long firstMillis,
        long lastMillis) {
    private static final int SAMPLE = 2000;
    /** A column with at least this share of numbers among its cells is a series with bad cells, not text. */
    private static final double MOSTLY_NUMBERS = 0.5;

    private static final int HEADER_BYTES = 1 << 20;
    private static final Charset CHINESE = Charset.forName("GB18030");
    private static final char[] SEPARATORS = {';', '\t', ','};

    private static final Pattern TIME_NAMES =
            Pattern.compile("time|timestamp|datetime|date|date_?time|ts|t|zeit|时间|采集时间|监测时间|日期");
    private static final Pattern KEY_NAMES = Pattern.compile(
            "series|point|tag|metric|parameter|sensor|device|id|name|(series|point|sensor|device)_?(id|name)|测点|点位|指标|设备");
    private static final Pattern VALUE_NAMES = Pattern.compile("value|val|reading|number|measurement|数值|值|读数|监测值");

    /**
     * What people say about the file.
     *
     * @param time the time column; null = recognised
     * @param ignore columns that are left alone
     * @param isLong whether a row is one value of one series; null = recognised
     * @param zone of times that do not say theirs
     */
    record Hints(
            @Nullable String time,
            List<String> ignore,
            @Nullable Boolean isLong,
            ZoneId zone) {}

    /**
     * @throws CannotBacktest when the file is no such recording
     * @throws IOException when it cannot be read
     */
    static CsvSheet open(Path file, Hints hints) throws IOException {
        var charset = charset(file);
        var header = header(file, charset);
        char separator = separator(header);
        var sample = sample(file, charset, separator);
        if (sample.size() < 2) {
            throw new CannotBacktest(file + " has no rows behind its header");
        }
        var names = sample.get(0);
        var rows = sample.subList(1, sample.size());
        checkNames(file, names, hints);
        int time = timeColumn(file, names, rows, hints);
        var cells = column(rows, time);
        var form = TimeForm.recognise(cells, hints.zone, file.toString());
        if (form.reader(hints.zone).millis(names.get(time)) != TimeForm.NONE) {
            throw new CannotBacktest(file + " has no header: its first line holds the time '" + names.get(time)
                    + "'. The first line names the columns");
        }
        boolean decimalComma = separator != ','
                && rows.stream().flatMap(List::stream).anyMatch(cell -> cell.matches("[+-]?\\d+,\\d+"));
        var look = new Look(names.size(), time, form.reader(hints.zone), new Numbers(decimalComma));
        read(file, charset, separator, look);
        return of(file, charset, separator, decimalComma, names, time, form, hints, look);
    }

    private static CsvSheet of(
            Path file,
            Charset charset,
            char separator,
            boolean decimalComma,
            List<String> names,
            int time,
            TimeForm form,
            Hints hints,
            Look look)
            throws IOException {
        if (look.rows == 0) {
            throw new CannotBacktest("no row of " + file + " has a time and as many cells as the header");
        }
        var left = new ArrayList<String>();
        var numbers = new ArrayList<Integer>();
        var texts = new ArrayList<Integer>();
        for (int i = 0; i < names.size(); i++) {
            if (i == time) {
                continue;
            }
            if (hints.ignore.contains(names.get(i))) {
                left.add(names.get(i) + " (--ignore)");
            } else if (look.numbers[i] + look.texts[i] == 0) {
                left.add(names.get(i) + " (empty)");
            } else if (look.numbers[i] >= MOSTLY_NUMBERS * (look.numbers[i] + look.texts[i])) {
                numbers.add(i);
            } else {
                texts.add(i);
            }
        }
        var isLong = hints.isLong == null ? looksLong(names, numbers, texts) : hints.isLong;
        var keys = new ArrayList<Integer>();
        if (isLong) {
            int value = valueColumn(file, names, numbers);
            keys.addAll(texts);
            numbers.stream()
                    .filter(i -> i != value && named(KEY_NAMES, names.get(i)))
                    .forEach(keys::add);
            keys.sort(null);
            numbers.stream()
                    .filter(i -> i != value && !keys.contains(i))
                    .forEach(i -> left.add(names.get(i) + " (neither value nor name of a series)"));
            numbers.clear();
            numbers.add(value);
            if (keys.isEmpty()) {
                throw new CannotBacktest(file + " is long, but no column names the series; it has " + names);
            }
        } else {
            texts.forEach(i -> left.add(names.get(i) + " (not numbers)"));
        }
        if (numbers.isEmpty()) {
            throw new CannotBacktest("no column of " + file + " is a series of numbers: " + left);
        }
        return new CsvSheet(
                file,
                charset,
                separator,
                decimalComma,
                List.copyOf(names),
                time,
                form,
                hints.zone,
                isLong,
                List.copyOf(keys),
                List.copyOf(numbers),
                List.copyOf(left),
                numbers.stream().map(look::periodMillis).toList(),
                look.inOrder,
                look.rows,
                look.firstMillis,
                look.lastMillis);
    }

    /** Names of a series beside one column of values: by what the columns are called, or because only one of each is there. */
    private static boolean looksLong(List<String> names, List<Integer> numbers, List<Integer> texts) {
        boolean hasValue = numbers.stream().anyMatch(i -> named(VALUE_NAMES, names.get(i)));
        boolean hasKey = !texts.isEmpty() || numbers.stream().anyMatch(i -> named(KEY_NAMES, names.get(i)));
        return hasValue && hasKey
                || numbers.size() == 1 && texts.stream().anyMatch(i -> named(KEY_NAMES, names.get(i)));
    }

    private static int valueColumn(Path file, List<String> names, List<Integer> numbers) {
        var named =
                numbers.stream().filter(i -> named(VALUE_NAMES, names.get(i))).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        var others =
                numbers.stream().filter(i -> !named(KEY_NAMES, names.get(i))).toList();
        if (others.size() == 1) {
            return others.get(0);
        }
        throw new CannotBacktest(file + " is long, but which of "
                + numbers.stream().map(names::get).toList()
                + " holds the values cannot be told; call it 'value' or --ignore the others");
    }

    private static boolean named(Pattern pattern, String name) {
        return pattern.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    private static int timeColumn(Path file, List<String> names, List<List<String>> rows, Hints hints) {
        if (hints.time != null) {
            return names.indexOf(hints.time);
        }
        for (int i = 0; i < names.size(); i++) {
            if (named(TIME_NAMES, names.get(i)) && !hints.ignore.contains(names.get(i))) {
                return i;
            }
        }
        for (int i = 0; i < names.size(); i++) {
            if (!hints.ignore.contains(names.get(i)) && TimeForm.areTimes(column(rows, i))) {
                return i;
            }
        }
        throw new CannotBacktest("no column of " + file + " looks like a time; name it with --time COL. It has " + names
                + "; known are " + TimeForm.FORMS);
    }

    private static List<String> column(List<List<String>> rows, int column) {
        var gaps = new Numbers(false);
        return rows.stream()
                .filter(row -> row.size() > column)
                .map(row -> row.get(column))
                .filter(cell -> gaps.read(cell) != Numbers.Kind.GAP)
                .toList();
    }

    private static void checkNames(Path file, List<String> names, Hints hints) {
        if (new HashSet<>(names).size() != names.size()) {
            throw new CannotBacktest("two columns of " + file + " have the same name: " + names);
        }
        if (hints.time != null && !names.contains(hints.time)) {
            throw new CannotBacktest("--time " + hints.time + ": " + file + " has no such column; it has " + names);
        }
        for (var name : hints.ignore) {
            if (!names.contains(name)) {
                throw new CannotBacktest("--ignore " + name + ": " + file + " has no such column; it has " + names);
            }
        }
    }

    /** Names of the columns of a file. */
    static List<String> names(Path file) throws IOException {
        var charset = charset(file);
        var sample = sample(file, charset, separator(header(file, charset)));
        if (sample.isEmpty()) {
            throw new CannotBacktest(file + " is empty");
        }
        return sample.get(0);
    }

    /** UTF-8, or what spreadsheets in China write when the first line is no UTF-8. */
    private static Charset charset(Path file) throws IOException {
        var line = firstLine(file);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
            return StandardCharsets.UTF_8;
        } catch (CharacterCodingException e) {
            return CHINESE;
        }
    }

    private static String header(Path file, Charset charset) throws IOException {
        var text = new String(firstLine(file), charset);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static byte[] firstLine(Path file) throws IOException {
        var line = new ByteArrayOutputStream();
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int b = in.read(); b >= 0 && b != '\n' && b != '\r' && line.size() < HEADER_BYTES; b = in.read()) {
                line.write(b);
            }
        }
        return line.toByteArray();
    }

    /** What stands in the header outside of quotes decides. */
    private static char separator(String header) {
        var bare = header.replaceAll("\"[^\"]*\"", "");
        for (char candidate : SEPARATORS) {
            if (bare.indexOf(candidate) >= 0) {
                return candidate;
            }
        }
        return ',';
    }

    private static List<List<String>> sample(Path file, Charset charset, char separator) throws IOException {
        try (var reader = builder(separator).ofCsvRecord(input(file), charset)) {
            return reader.stream()
                    .filter(record ->
                            record.getFieldCount() > 1 || !record.getField(0).isBlank())
                    .limit(SAMPLE + 1L)
                    .map(record ->
                            record.getFields().stream().map(String::strip).toList())
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            throw unreadable(file, e);
        }
    }

    private static CannotBacktest unreadable(Path file, CsvParseException e) {
        return new CannotBacktest(file + " cannot be read as CSV: " + e.getMessage()
                + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
    }

    private static CsvReader.CsvReaderBuilder builder(char separator) {
        return CsvReader.builder()
                .fieldSeparator(separator)
                .detectBomHeader(true)
                .ignoreDifferentFieldCount(true);
    }

    private static InputStream input(Path file) throws IOException {
        return Files.newInputStream(file);
    }

    /** Gives every row of the file, the header included, to a handler. */
    private static void read(Path file, Charset charset, char separator, Rows rows) throws IOException {
        try (var reader = builder(separator).build(rows, input(file), charset)) {
            reader.forEach(row -> {});
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            // What those who take the rows throw comes wrapped.
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw unreadable(file, e);
        }
    }

    /** Reads the rows of this file behind its header; see {@link Rows}. */
    void read(Rows rows) throws IOException {
        read(file, charset, separator, rows);
    }

    TimeForm.Reader timeReader() {
        return times.reader(zone);
    }

    Numbers numbers() {
        return new Numbers(decimalComma);
    }

    /** Names of the series of a wide file, in the order of {@link #values}. */
    List<String> wideSeries() {
        return values.stream().map(names::get).toList();
    }

    /** Takes the rows of a file as they are read: cell by cell, without a string for each. */
    abstract static class Rows extends AbstractBaseCsvCallbackHandler<Boolean> {
        private long line;
        private boolean header = true;

        /** Line of the file in which the row begins, from 1. */
        long line() {
            return line;
        }

        /** A row begins. */
        abstract void begin();

        /** @param column from 0; may be more than the header has */
        abstract void cell(int column, char[] text, int from, int length);

        /** @param cells how many the row had */
        abstract void end(int cells);

        @Override
        protected final void handleBegin(long startingLineNumber) {
            line = startingLineNumber;
            if (!header) {
                begin();
            }
        }

        @Override
        protected final void handleField(int column, char[] text, int from, int length, boolean quoted) {
            if (!header) {
                cell(column, text, from, length);
            }
        }

        @Override
        protected final RecordWrapper<Boolean> buildRecord() {
            if (header) {
                header = isEmptyLine();
            } else if (!isEmptyLine()) {
                end(getFieldCount());
            }
            return wrapRecord(Boolean.TRUE);
        }
    }

    /** The first reading of a file: what kinds of cells its columns have, and whether its times are in order. */
    private static final class Look extends Rows {
        private final int time;
        private final TimeForm.Reader times;
        private final Numbers cells;
        private final long[] numbers;
        private final long[] texts;
        private final Numbers.Kind[] row;
        private final Period[] periods;
        private long millis;
        private long rows;
        private boolean inOrder = true;
        private long firstMillis = Long.MAX_VALUE;
        private long lastMillis = Long.MIN_VALUE;

        Look(int columns, int time, TimeForm.Reader times, Numbers cells) {
            this.time = time;
            this.times = times;
            this.cells = cells;
            numbers = new long[columns];
            texts = new long[columns];
            row = new Numbers.Kind[columns];
            periods = new Period[columns];
            Arrays.setAll(periods, i -> new Period());
        }

        long periodMillis(int column) {
            return periods[column].millis();
        }

        @Override
        void begin() {
            millis = TimeForm.NONE;
        }

        @Override
        void cell(int column, char[] text, int from, int length) {
            if (column == time) {
                millis = times.millis(text, from, length);
            } else if (column < row.length) {
                row[column] = cells.read(text, from, length);
            }
        }

        @Override
        void end(int count) {
            if (count != row.length || millis == TimeForm.NONE) {
                return;
            }
            rows++;
            inOrder &= millis >= lastMillis;
            firstMillis = Math.min(firstMillis, millis);
            lastMillis = Math.max(lastMillis, millis);
            for (int i = 0; i < count; i++) {
                if (i == time) {
                    continue;
                }
                if (row[i] == Numbers.Kind.NUMBER) {
                    numbers[i]++;
                    periods[i].value(millis);
                } else if (row[i] == Numbers.Kind.OTHER) {
                    texts[i]++;
                }
            }
        }
    }
}
