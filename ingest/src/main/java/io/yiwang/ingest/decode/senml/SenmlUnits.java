package io.yiwang.ingest.decode.senml;

import java.util.HashMap;
import java.util.Map;

/**
 * SenML's registered units (RFC 8428 12.1, RFC 8798) in UCUM. Most are written the same; these are not.
 *
 * <p>A unit that is not in the table is passed on as it is written: many devices write UCUM there, and what is neither is found out when it
 * cannot be converted. It is never taken for the metric's own unit.
 */
final class SenmlUnits {
    private static final Map<String, String> UCUM = new HashMap<>();

    static {
        // RFC 8428, 12.1
        UCUM.put("l", "L");
        UCUM.put("l/s", "L/s");
        UCUM.put("lat", "deg");
        UCUM.put("lon", "deg");
        UCUM.put("pH", "[pH]");
        UCUM.put("dBW", "dB[W]");
        UCUM.put("dBm", "dB{mW}");
        UCUM.put("Bspl", "B[SPL]");
        UCUM.put("count", "{count}");
        UCUM.put("/", "1");
        UCUM.put("%RH", "%");
        UCUM.put("%EL", "%");
        UCUM.put("EL", "s");
        UCUM.put("1/s", "/s");
        UCUM.put("1/min", "/min");
        UCUM.put("beat/min", "/min");
        UCUM.put("beats", "1");
        // RFC 8798, primary
        UCUM.put("B", "By");
        UCUM.put("VA", "V.A");
        UCUM.put("VAs", "V.A.s");
        UCUM.put("var", "V.A");
        UCUM.put("vars", "V.A.s");
        UCUM.put("NTU", "{NTU}");
        // RFC 8798, secondary
        UCUM.put("kVA", "kV.A");
        UCUM.put("kvar", "kV.A");
        UCUM.put("Ah", "A.h");
        UCUM.put("Wh", "W.h");
        UCUM.put("kWh", "kW.h");
        UCUM.put("varh", "V.A.h");
        UCUM.put("kvarh", "kV.A.h");
        UCUM.put("kVAh", "kV.A.h");
        UCUM.put("Wh/km", "W.h/km");
        UCUM.put("KiB", "KiBy");
        UCUM.put("GB", "GBy");
        UCUM.put("B/s", "By/s");
        UCUM.put("MB/s", "MBy/s");
        UCUM.put("ppm", "[ppm]");
        UCUM.put("/100", "%");
        UCUM.put("/1000", "[ppth]");
    }

    private SenmlUnits() {}

    /** The UCUM unit of a value; empty stays empty. */
    static String ucum(String senml) {
        return UCUM.getOrDefault(senml, senml);
    }

    /** The UCUM unit of a value's sum over time, in unit · second (RFC 8428, 4.2). */
    static String ucumOfSum(String senml) {
        var unit = ucum(senml);
        if (unit.isEmpty()) {
            return "";
        }
        if (unit.equals("W")) {
            return "J";
        }
        if (unit.endsWith("/s") && unit.length() > 2) {
            return unit.substring(0, unit.length() - 2);
        }
        return unit.equals("1") ? "s" : unit + ".s";
    }
}
