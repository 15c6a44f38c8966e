package io.yiwang.dashboard.assets;

import java.util.regex.Pattern;

/**
 * Keeps spreadsheets from taking text for a formula: what begins with {@code = + - @}, a tab or a line break gets an apostrophe
 * in front, and so does what begins with apostrophes before such a sign, so that taking one away gives the text again.
 */
final class CsvCell {
    private static final String SIGNS = "=+\\-@＝＋－＠\\t\\r\\n";
    private static final Pattern FORMULA = Pattern.compile("^'*[" + SIGNS + "]");
    private static final Pattern GUARDED = Pattern.compile("^'+[" + SIGNS + "]");

    private CsvCell() {}

    static String guarded(String text) {
        return FORMULA.matcher(text).find() ? "'" + text : text;
    }

    static String plain(String cell) {
        return GUARDED.matcher(cell).find() ? cell.substring(1) : cell;
    }
}
