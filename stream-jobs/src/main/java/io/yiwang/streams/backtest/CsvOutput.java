package io.yiwang.streams.backtest;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The files that a back-test of a CSV file writes. */
final class CsvOutput {
    private CsvOutput() {}

    /** Writes alarms as {@code series,start,end,peak,kind,grade,score}; the end of one that is still open is empty. */
    static void alarms(Path file, List<Episode> episodes) throws IOException {
        try (var out = CsvWriter.builder().build(file, StandardCharsets.UTF_8)) {
            out.writeRecord("series", "start", "end", "peak", "kind", "grade", "score");
            for (var episode : episodes) {
                out.writeRecord(
                        episode.series(),
                        Instant.ofEpochMilli(episode.startMillis()).toString(),
                        episode.endMillis() == Episode.OPEN
                                ? ""
                                : Instant.ofEpochMilli(episode.endMillis()).toString(),
                        Double.isNaN(episode.peak()) ? "" : Double.toString(episode.peak()),
                        episode.kind(),
                        Integer.toString(episode.grade()),
                        String.format(Locale.ROOT, "%.4f", episode.score()));
            }
        }
    }

    /**
     * The scores of the rows of a file: a row for each of its rows, in its order. Scores are written with four digits, cut, so that one
     * below 0.5 stays below.
     */
    static final class Scores implements AutoCloseable {
        private static final int DIGITS = 10_000;
        private static final int BUFFER = 1 << 16;
        /** Room that every line has; a text that needs more asks for it. */
        private static final int ROOM = 64;

        private static final long DAY_MILLIS = 86_400_000;

        private final OutputStream out;
        private final int columns;
        private final byte[] buffer = new byte[BUFFER];
        private int at;
        private long day = Long.MIN_VALUE;
        private byte[] date = {};

        /** @param columns names behind {@code time,score,flag} */
        Scores(Path file, List<String> columns) throws IOException {
            out = Files.newOutputStream(file);
            this.columns = columns.size();
            text("time,score,flag");
            columns.forEach(this::column);
            end();
        }

        /** A row that was not judged: its time as it stands, and nothing else. */
        void notJudged(String time) {
            text(cell(time));
            text(",,");
            for (int i = 0; i < columns; i++) {
                text(",");
            }
            end();
        }

        void begin(long millis, double score, boolean flag) {
            room();
            time(millis);
            buffer[at++] = ',';
            number(score);
            buffer[at++] = ',';
            buffer[at++] = (byte) (flag ? '1' : '0');
        }

        void column(double score) {
            room();
            buffer[at++] = ',';
            number(score);
        }

        void column(String text) {
            text(",");
            text(cell(text));
        }

        void end() {
            room();
            buffer[at++] = '\n';
        }

        private void room() {
            if (at > BUFFER - ROOM) {
                flush();
            }
        }

        private void flush() {
            try {
                out.write(buffer, 0, at);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            at = 0;
        }

        private void text(String text) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                room();
                buffer[at++] = b;
            }
        }

        private void time(long millis) {
            long ofDay = Math.floorMod(millis, DAY_MILLIS);
            if (millis - ofDay != day) {
                day = millis - ofDay;
                var text = Instant.ofEpochMilli(day).toString();
                // Years of more than four digits have a sign and are longer.
                date = text.substring(0, text.indexOf('T') + 1).getBytes(StandardCharsets.US_ASCII);
            }
            int seconds = (int) (ofDay / 1000);
            System.arraycopy(date, 0, buffer, at, date.length);
            at += date.length;
            two(seconds / 3600);
            buffer[at++] = ':';
            two(seconds / 60 % 60);
            buffer[at++] = ':';
            two(seconds % 60);
            int fraction = (int) (ofDay % 1000);
            if (fraction > 0) {
                buffer[at++] = '.';
                buffer[at++] = (byte) ('0' + fraction / 100);
                two(fraction % 100);
            }
            buffer[at++] = 'Z';
        }

        private void two(int number) {
            buffer[at++] = (byte) ('0' + number / 10);
            buffer[at++] = (byte) ('0' + number % 10);
        }

        private void number(double score) {
            // A sum such as 0.5 + 0.3 may lie a hair below what it stands for.
            int units = (int) (score * DIGITS + 1e-6);
            if (units >= DIGITS) {
                buffer[at++] = '1';
                return;
            }
            buffer[at++] = '0';
            if (units > 0) {
                buffer[at++] = '.';
                for (int unit = DIGITS / 10; units > 0; unit /= 10) {
                    buffer[at++] = (byte) ('0' + units / unit);
                    units %= unit;
                }
            }
        }

        /** As it may stand between separators. */
        private static String cell(String text) {
            return text.indexOf(',') < 0 && text.indexOf('"') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                    ? text
                    : '"' + text.replace("\"", "\"\"") + '"';
        }

        @Override
        public void close() throws IOException {
            try (out) {
                flush();
            }
        }
    }
}
