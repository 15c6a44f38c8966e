package io.yiwang.ingest.decode.hj212;

import java.util.Map;
import java.util.regex.Pattern;

/** The codes of what is measured, HJ 212-2017 annex B and GB/T of the same codes. */
final class Factor {
    /** A code whose letter the device left out, as an example of the standard does. */
    private static final Pattern WITHOUT_LETTER = Pattern.compile("[0-9]{5}");

    /**
     * Units that the standard gives and devices keep to. Not in it, so that the ledger or the metric decides: those that it prints wrongly
     * (ng/m3 for ammonia, methane and dust, mg/L for aeration air) and gases, which are mg/m3 in a stack and ug/m3 in the open.
     */
    private static final Map<String, String> UNITS = Map.ofEntries(
            Map.entry("w00000", "L/s"),
            Map.entry("w01001", "[pH]"),
            Map.entry("w01006", "mg/L"),
            Map.entry("w01009", "mg/L"),
            Map.entry("w01010", "Cel"),
            Map.entry("w01012", "mg/L"),
            Map.entry("w01014", "uS/cm"),
            Map.entry("w01017", "mg/L"),
            Map.entry("w01018", "mg/L"),
            Map.entry("w01019", "mg/L"),
            Map.entry("w01020", "mg/L"),
            Map.entry("w21001", "mg/L"),
            Map.entry("w21003", "mg/L"),
            Map.entry("w21011", "mg/L"),
            Map.entry("w22001", "mg/L"),
            Map.entry("a00000", "m3/s"),
            Map.entry("a01001", "Cel"),
            Map.entry("a01002", "%"),
            Map.entry("a01006", "kPa"),
            Map.entry("a01007", "m/s"),
            Map.entry("a01008", "deg"),
            Map.entry("a01901", "Cel"),
            Map.entry("a19001", "%"),
            Map.entry("LA", "dB"),
            Map.entry("Leq", "dB"),
            Map.entry("Ld", "dB"),
            Map.entry("Ln", "dB"),
            Map.entry("i13004", "Cel"),
            Map.entry("i33101", "Cel"),
            Map.entry("i33201", "kW.h"),
            Map.entry("i33400", "%"));

    private Factor() {}

    /** UCUM unit in which a device sends the factor unless the ledger says otherwise; empty = not said. */
    static String unit(String code) {
        var unit = UNITS.get(code);
        if (unit != null) {
            return unit;
        }
        if (code.length() != 6 || code.charAt(0) != 'e') {
            return "";
        }
        // Process codes: e, process, two digits of factor, two of the device.
        return switch (code.substring(1, 4)) {
            case "301", "302" -> "A";
            case "304", "305" -> "mg/L";
            default -> "";
        };
    }

    /** The code in full: a bare number gets the letter of its system (ST), w for water and a for air. */
    static String completed(String code, String system) {
        if (!WITHOUT_LETTER.matcher(code).matches()) {
            return code;
        }
        return switch (system) {
            case "21", "24", "32" -> "w" + code;
            case "22", "27", "31", "39", "51" -> "a" + code;
            default -> code;
        };
    }
}
