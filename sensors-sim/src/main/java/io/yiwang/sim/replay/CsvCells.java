package io.yiwang.sim.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * How a line falls into cells: separated by a comma, a semicolon or a tab, cells in double quotes taken as they are.
 *
 * @param decimalComma numbers have a comma where ours have a point
 */
record CsvCells(char separator, boolean decimalComma) {
    private static final char[] SEPARATORS = {';', '\t', ','};

    /**
     * Recognises both. A semicolon or tab in the header decides; only then can a comma be a decimal comma.
     *
     * @param sample lines of data behind the header
     */
    static CsvCells recognise(String header, List<String> sample) {
        char separator = ',';
        for (char candidate : SEPARATORS) {
            if (header.indexOf(candidate) >= 0) {
                separator = candidate;
                break;
            }
        }
        var points = new CsvCells(separator, false);
        if (separator == ',') {
            return points;
        }
        boolean commas = sample.stream()
                .flatMap(line -> points.split(line).stream())
                .anyMatch(cell -> cell.matches("[+-]?\\d+,\\d+"));
        return new CsvCells(separator, commas);
    }

    List<String> split(String line) {
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    cell.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == separator && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }

    /** Whether the cell says that nothing was measured. */
    static boolean isGap(String cell) {
        return cell.isEmpty()
                || cell.equals("-")
                || cell.equalsIgnoreCase("na")
                || cell.equalsIgnoreCase("n/a")
                || cell.equalsIgnoreCase("nan")
                || cell.equalsIgnoreCase("null")
                || cell.equalsIgnoreCase("none");
    }

    /**
     * The number in a cell, true and false being 1 and 0.
     *
     * @throws NumberFormatException when it is none, or not finite
     */
    double number(String cell) {
        if (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false")) {
            return cell.equalsIgnoreCase("true") ? 1 : 0;
        }
        double number = Double.parseDouble(decimalComma ? cell.replace(',', '.') : cell);
        if (!Double.isFinite(number)) {
            throw new NumberFormatException(cell);
        }
        return number;
    }

    boolean isNumber(String cell) {
        try {
            number(cell);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
