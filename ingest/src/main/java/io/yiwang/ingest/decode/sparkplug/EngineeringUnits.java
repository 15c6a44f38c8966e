package io.yiwang.ingest.decode.sparkplug;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The units that edge nodes write into a metric's properties, in UCUM. Sparkplug leaves the property's name and its text open; these are
 * the ones met with. Text that is not known gives no unit: the ledger or the metric then says which it is.
 */
final class EngineeringUnits {
    /** Property names under which a unit is found, the first that is there counts; case does not matter. */
    static final List<String> PROPERTIES = List.of("engunit", "engineering units", "engineeringunits", "unit", "units");

    static final Map<String, String> UCUM = new HashMap<>();

    private static void same(String... units) {
        for (var unit : units) {
            UCUM.put(unit, unit);
        }
    }

    static {
        same("Cel", "K", "Pa", "kPa", "MPa", "hPa", "bar", "mbar", "%", "m", "mm", "cm", "km", "kg", "g", "mg", "t");
        same(
                "L", "mL", "m3", "m2", "m/s", "m3/h", "m3/s", "m3/d", "L/s", "L/min", "L/h", "mg/L", "ug/L", "mg/m3",
                "ug/m3");
        same("V", "mV", "kV", "A", "mA", "W", "kW", "MW", "kW.h", "MJ", "GJ", "Hz", "s", "min", "h", "d", "dB");
        UCUM.put("dBm", "dB{mW}");
        same(
                "uS/cm", "mS/cm", "[pH]", "[ppm]", "[ppb]", "[degF]", "[psi]", "deg", "/min", "t/h", "t/d", "kg/h",
                "km/h");
        same("mm/s", "m/s2", "W/m2", "V.A", "kV.A", "m3/min");
        UCUM.put("1", "1");
        UCUM.put("°C", "Cel");
        UCUM.put("℃", "Cel");
        UCUM.put("degC", "Cel");
        UCUM.put("deg C", "Cel");
        UCUM.put("C", "Cel");
        UCUM.put("Celsius", "Cel");
        UCUM.put("°F", "[degF]");
        UCUM.put("℉", "[degF]");
        UCUM.put("degF", "[degF]");
        UCUM.put("°", "deg");
        UCUM.put("psi", "[psi]");
        UCUM.put("PSI", "[psi]");
        UCUM.put("Bar", "bar");
        UCUM.put("KPa", "kPa");
        UCUM.put("kpa", "kPa");
        UCUM.put("KPA", "kPa");
        UCUM.put("Mpa", "MPa");
        UCUM.put("mPa", "mPa");
        UCUM.put("mH2O", "m[H2O]");
        UCUM.put("mmHg", "mm[Hg]");
        UCUM.put("%RH", "%");
        UCUM.put("%rh", "%");
        UCUM.put("% RH", "%");
        UCUM.put("%LEL", "%{LEL}");
        UCUM.put("% LEL", "%{LEL}");
        UCUM.put("LEL%", "%{LEL}");
        UCUM.put("%VOL", "%{vol}");
        UCUM.put("% vol", "%{vol}");
        UCUM.put("%vol", "%{vol}");
        UCUM.put("pH", "[pH]");
        UCUM.put("PH", "[pH]");
        UCUM.put("ppm", "[ppm]");
        UCUM.put("ppb", "[ppb]");
        UCUM.put("NTU", "{NTU}");
        UCUM.put("l", "L");
        UCUM.put("l/s", "L/s");
        UCUM.put("l/min", "L/min");
        UCUM.put("l/h", "L/h");
        UCUM.put("mg/l", "mg/L");
        UCUM.put("ug/l", "ug/L");
        UCUM.put("µg/L", "ug/L");
        UCUM.put("µg/l", "ug/L");
        UCUM.put("μg/L", "ug/L");
        UCUM.put("µg/m3", "ug/m3");
        UCUM.put("μg/m3", "ug/m3");
        UCUM.put("µS/cm", "uS/cm");
        UCUM.put("μS/cm", "uS/cm");
        UCUM.put("m^3", "m3");
        UCUM.put("m^2", "m2");
        UCUM.put("m^3/h", "m3/h");
        UCUM.put("m^3/s", "m3/s");
        UCUM.put("CMH", "m3/h");
        UCUM.put("kWh", "kW.h");
        UCUM.put("KWh", "kW.h");
        UCUM.put("MWh", "MW.h");
        UCUM.put("kVA", "kV.A");
        UCUM.put("rpm", "/min");
        UCUM.put("RPM", "/min");
        UCUM.put("r/min", "/min");
        UCUM.put("sec", "s");
    }

    private EngineeringUnits() {}

    /** The UCUM unit that {@code text} means; empty when that is not known. */
    static String ucum(String text) {
        // Raised digits are written by people, not by UCUM.
        var plain = text.strip().replace('³', '3').replace('²', '2');
        return UCUM.getOrDefault(plain, "");
    }

    static int rank(String property) {
        return PROPERTIES.indexOf(property.strip().toLowerCase(Locale.ROOT));
    }
}
