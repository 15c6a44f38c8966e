package io.yiwang.streams.backtest;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the rows of a {@link CsvSheet}: of a wide file one after the other, of a long one, or one out of order, all at once. */
final class CsvRows {
    private CsvRows() {}

    /** Takes the rows of a wide file. */
    interface Wide {
        /** @param values by series, NaN = a gap or a bad cell; used again for the next row */
        void row(long line, long millis, double[] values);

        /**
         * A row that cannot be judged.
         *
         * @param time as it stands there
         */
        void bad(long line, String time);
    }

    /** Gives the rows of a wide file in its own order. */
    static void wide(CsvSheet sheet, Complaints complaints, Wide out) throws IOException {
        sheet.read(new WideRows(sheet, complaints, out));
    }

    private abstract static class Timed extends CsvSheet.Rows {
        final CsvSheet sheet;
        final Complaints complaints;
        final Numbers numbers;
        private final TimeForm.Reader times;
        private final int columns;
        private final int timeColumn;
        long millis;
        String badTime = "";

        Timed(CsvSheet sheet, Complaints complaints) {
            this.sheet = sheet;
            this.complaints = complaints;
            numbers = sheet.numbers();
            times = sheet.timeReader();
            columns = sheet.names().size();
            timeColumn = sheet.timeColumn();
        }

        abstract void value(int column, char[] text, int from, int length);

        abstract void good();

        abstract void bad();

        @Override
        void begin() {
            millis = TimeForm.NONE;
            badTime = "";
        }

        @Override
        final void cell(int column, char[] text, int from, int length) {
            if (column != timeColumn) {
                value(column, text, from, length);
                return;
            }
            millis = times.millis(text, from, length);
            if (millis == TimeForm.NONE) {
                badTime = new String(text, from, length).strip();
            }
        }

        @Override
        final void end(int cells) {
            if (cells != columns) {
                complaints.row(line(), cells + " cells, the header has " + columns);
                bad();
            } else if (millis == TimeForm.NONE) {
                complaints.row(line(), Complaints.quoted(badTime) + " is not a time like the others");
                bad();
            } else {
                good();
            }
        }
    }

    private static final class WideRows extends Timed {
        private final Wide out;
        private final int[] seriesByColumn;
        private final double[] values;

        WideRows(CsvSheet sheet, Complaints complaints, Wide out) {
            super(sheet, complaints);
            this.out = out;
            seriesByColumn = new int[sheet.names().size()];
            Arrays.fill(seriesByColumn, -1);
            values = new double[sheet.values().size()];
            for (int i = 0; i < values.length; i++) {
                seriesByColumn[sheet.values().get(i)] = i;
            }
        }

        @Override
        void begin() {
            super.begin();
            Arrays.fill(values, Double.NaN);
        }

        @Override
        void value(int column, char[] text, int from, int length) {
            int series = column < seriesByColumn.length ? seriesByColumn[column] : -1;
            if (series < 0) {
                return;
            }
            switch (numbers.read(text, from, length)) {
                case NUMBER -> values[series] = numbers.number();
                case OTHER -> complaints.cell(line(), sheet.names().get(column), new String(text, from, length));
                case GAP -> {}
            }
        }

        @Override
        void good() {
            out.row(line(), millis, values);
        }

        @Override
        void bad() {
            out.bad(line(), badTime);
        }
    }

    /**
     * Rows held in memory, in the order of the file.
     *
     * @param lines of the file
     * @param millis {@link TimeForm#NONE} of a row that cannot be judged
     * @param badTimes what such rows have for a time, by place
     * @param series by place, the series of a long file's row; -1 of one that cannot be judged
     * @param values by place, {@code width} of them each
     */
    record Held(
            int count,
            long[] lines,
            long[] millis,
            Map<Integer, String> badTimes,
            int[] series,
            int width,
            double[] values,
            List<SeriesKey> keys) {

        /** Whether the row cannot be judged. */
        boolean isBad(int place) {
            return millis[place] == TimeForm.NONE;
        }

        /** What such a row has for a time. */
        String badTime(int place) {
            return badTimes.getOrDefault(place, "");
        }

        /** Places of the rows that can be judged, by time and, where that is the same, by line. */
        int[] inOrder() {
            var places = new int[count];
            int good = 0;
            boolean sorted = true;
            for (int i = 0; i < count; i++) {
                if (millis[i] != TimeForm.NONE) {
                    sorted &= good == 0 || millis[places[good - 1]] <= millis[i];
                    places[good++] = i;
                }
            }
            places = Arrays.copyOf(places, good);
            if (!sorted) {
                mergeSort(places, new int[good], 0, good);
            }
            return places;
        }

        private void mergeSort(int[] places, int[] scratch, int from, int to) {
            if (to - from < 2) {
                return;
            }
            int middle = (from + to) >>> 1;
            mergeSort(places, scratch, from, middle);
            mergeSort(places, scratch, middle, to);
            if (millis[places[middle - 1]] <= millis[places[middle]]) {
                return;
            }
            System.arraycopy(places, from, scratch, from, to - from);
            int left = from;
            int right = middle;
            for (int i = from; i < to; i++) {
                boolean takeLeft = right >= to || left < middle && millis[scratch[left]] <= millis[scratch[right]];
                places[i] = takeLeft ? scratch[left++] : scratch[right++];
            }
        }
    }

    /**
     * A series of a long file.
     *
     * @param device all of its names but the last
     * @param name all of them
     */
    record SeriesKey(String device, String name) {}

    /** Reads a wide file whose times are not in order. */
    static Held holdWide(CsvSheet sheet, Complaints complaints) throws IOException {
        int width = sheet.values().size();
        var hold = new Hold(sheet, width);
        wide(sheet, complaints, new Wide() {
            @Override
            public void row(long line, long millis, double[] values) {
                System.arraycopy(values, 0, hold.values, hold.add(line, millis, 0) * width, width);
            }

            @Override
            public void bad(long line, String time) {
                hold.addBad(line, time);
            }
        });
        return hold.held(List.of());
    }

    /** Reads a long file. */
    static Held holdLong(CsvSheet sheet, Complaints complaints) throws IOException {
        var rows = new LongRows(sheet, complaints);
        sheet.read(rows);
        return rows.hold.held(List.copyOf(rows.keys.keySet()));
    }

    private static final class Hold {
        private final int width;
        private long[] lines;
        private long[] millis;
        private int[] series;
        private double[] values;
        private final Map<Integer, String> badTimes = new HashMap<>();
        private int count;

        /** The look through the file has counted its rows; bad ones come on top. */
        Hold(CsvSheet sheet, int width) {
            this.width = width;
            long room = sheet.rows() + 16;
            if (room * width > Integer.MAX_VALUE - 16) {
                throw new CannotBacktest(sheet.file() + " has " + sheet.rows()
                        + " rows, too many to be held in memory; sort it by time"
                        + (sheet.isLong() ? " and give it a column for each series" : ""));
            }
            lines = new long[(int) room];
            millis = new long[(int) room];
            series = new int[(int) room];
            values = new double[(int) room * width];
        }

        int add(long line, long at, int of) {
            if (count == lines.length) {
                int room = count + count / 2;
                lines = Arrays.copyOf(lines, room);
                millis = Arrays.copyOf(millis, room);
                series = Arrays.copyOf(series, room);
                values = Arrays.copyOf(values, Math.multiplyExact(room, width));
            }
            lines[count] = line;
            millis[count] = at;
            series[count] = of;
            return count++;
        }

        void addBad(long line, String time) {
            badTimes.put(add(line, TimeForm.NONE, -1), time);
        }

        Held held(List<SeriesKey> keys) {
            return new Held(count, lines, millis, badTimes, series, width, values, keys);
        }
    }

    private static final class LongRows extends Timed {
        private static final int MOST_SERIES = 100_000;

        private final LinkedHashMap<SeriesKey, Integer> keys = new LinkedHashMap<>();
        private final Map<String, Integer> seriesByText = new HashMap<>();
        private final Hold hold;
        private final int[] keyByColumn;
        private final String[] names;
        private final int valueColumn;
        private double value;

        LongRows(CsvSheet sheet, Complaints complaints) {
            super(sheet, complaints);
            hold = new Hold(sheet, 1);
            keyByColumn = new int[sheet.names().size()];
            Arrays.fill(keyByColumn, -1);
            for (int i = 0; i < sheet.keys().size(); i++) {
                keyByColumn[sheet.keys().get(i)] = i;
            }
            names = new String[sheet.keys().size()];
            valueColumn = sheet.values().get(0);
        }

        @Override
        void begin() {
            super.begin();
            value = Double.NaN;
        }

        @Override
        void value(int column, char[] text, int from, int length) {
            if (column == valueColumn) {
                switch (numbers.read(text, from, length)) {
                    case NUMBER -> value = numbers.number();
                    case OTHER -> complaints.cell(line(), sheet.names().get(column), new String(text, from, length));
                    case GAP -> {}
                }
            } else if (column < keyByColumn.length && keyByColumn[column] >= 0) {
                names[keyByColumn[column]] = new String(text, from, length).strip();
            }
        }

        @Override
        void good() {
            var name = names.length == 1 ? names[0] : String.join(".", names);
            if (name.isEmpty()) {
                complaints.row(line(), "it names no series");
                bad();
                return;
            }
            var series = seriesByText.get(name);
            if (series == null) {
                if (keys.size() == MOST_SERIES) {
                    throw new CannotBacktest(sheet.file() + " has more than " + MOST_SERIES + " series");
                }
                series = keys.size();
                seriesByText.put(name, series);
                keys.put(new SeriesKey(String.join(".", List.of(names).subList(0, names.length - 1)), name), series);
            }
            hold.values[hold.add(line(), millis, series)] = value;
        }

        @Override
        void bad() {
            hold.addBad(line(), badTime);
        }
    }
}
