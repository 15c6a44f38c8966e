package io.yiwang.sim.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Courses over a common horizontal axis, drawn as an SVG picture of its own or as a part of a page. Colours are chosen to be told apart
 * on light and on dark ground; lines end where a value is not a number.
 *
 * @param title above the picture
 * @param xTitle of the horizontal axis, with its unit
 * @param yTitle of the vertical axis, with its unit
 * @param xStep distance of the ticks of the horizontal axis; 0 = chosen
 * @param fromZero whether the vertical axis begins at zero even if no value is near it
 */
public record LinePlot(String title, String xTitle, double xStep, String yTitle, boolean fromZero, List<Line> lines) {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 220;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 30;
    private static final int BOTTOM = 38;
    private static final int TICKS = 5;
    private static final List<String> COLOURS =
            List.of("#1f7a8c", "#d1495b", "#c98a1b", "#6a4c93", "#4f772d", "#5c677d");

    /** One course; {@code x} and {@code y} have the same length, {@code x} grows. */
    public record Line(String name, double[] x, double[] y) {
        public Line {
            if (x.length != y.length) {
                throw new IllegalArgumentException(
                        "line " + name + " has " + x.length + " places and " + y.length + " values");
            }
        }
    }

    public LinePlot {
        lines = List.copyOf(lines);
    }

    /** Width and height of {@link #group}, px. */
    public static int width() {
        return WIDTH;
    }

    public static int height() {
        return HEIGHT;
    }

    /** A picture of its own. */
    public String svg() {
        return sheet(List.of(this), 1);
    }

    /** Several plots in so many columns, as one picture. */
    public static String sheet(List<LinePlot> plots, int columns) {
        int rows = (plots.size() + columns - 1) / columns;
        var svg = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        .formatted(WIDTH * columns, HEIGHT * rows));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        for (int i = 0; i < plots.size(); i++) {
            svg.append("<g transform=\"translate(%d %d)\">%n".formatted(i % columns * WIDTH, i / columns * HEIGHT));
            svg.append(plots.get(i).group()).append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    /** The content of a picture of {@link #width()} by {@link #height()} px. */
    String group() {
        var xs = Axis.of(lines.stream().map(Line::x).toList(), xStep, false);

        var ys = Axis.ofWholeSteps(lines.stream().map(Line::y).toList(), fromZero);
        var svg = new StringBuilder();
        text(svg, LEFT, 16, "start", "#22313f", "font-weight=\"bold\"", title);
        frame(svg, xs, ys);
        for (int i = 0; i < lines.size(); i++) {
            var colour = COLOURS.get(i % COLOURS.size());
            line(svg, lines.get(i), xs, ys, colour);
            if (lines.size() > 1) {
                text(
                        svg,
                        WIDTH - RIGHT,
                        TOP + 10 + 13 * i,
                        "end",
                        colour,
                        "",
                        lines.get(i).name());
            }
        }
        return svg.toString();
    }

    private void frame(StringBuilder svg, Axis xs, Axis ys) {
        for (var tick : ys.ticks()) {
            var y = y(ys, tick);
            svg.append("<path d=\"M%d %.1fH%d\" stroke=\"#d5dbe1\"/>%n".formatted(LEFT, y, WIDTH - RIGHT));
            text(svg, LEFT - 5, y + 4, "end", "#566573", "", ys.label(tick));
        }
        for (var tick : xs.ticks()) {
            var x = x(xs, tick);
            svg.append("<path d=\"M%.1f %dv4\" stroke=\"#566573\"/>%n".formatted(x, HEIGHT - BOTTOM));
            text(svg, x, HEIGHT - BOTTOM + 15, "middle", "#566573", "", xs.label(tick));
        }
        svg.append("<path d=\"M%d %dH%d\" stroke=\"#566573\"/>%n".formatted(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT));
        text(svg, WIDTH - RIGHT, HEIGHT - 8, "end", "#566573", "", xTitle);
        text(svg, 4, HEIGHT - 8, "start", "#566573", "", yTitle);
    }

    private static void line(StringBuilder svg, Line line, Axis xs, Axis ys, String colour) {
        var path = new StringBuilder();
        var pen = 'M';
        for (int i = 0; i < line.x.length; i++) {
            if (!Double.isFinite(line.y[i])) {
                pen = 'M';
                continue;
            }
            path.append(pen).append(String.format(Locale.ROOT, "%.1f %.1f", x(xs, line.x[i]), y(ys, line.y[i])));
            pen = 'L';
        }
        svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.4\"/>%n".formatted(path, colour));
    }

    private static double x(Axis axis, double value) {
        return LEFT + (value - axis.low) / (axis.high - axis.low) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(Axis axis, double value) {
        return HEIGHT - BOTTOM - (value - axis.low) / (axis.high - axis.low) * (HEIGHT - TOP - BOTTOM);
    }

    private static void text(
            StringBuilder svg, double x, double y, String anchor, String colour, String more, String text) {
        svg.append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\" %s>%s</text>%n"
                .formatted(x, y, anchor, colour, more, escaped(text)));
    }

    /** Text as it may stand in SVG and HTML. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** From {@code low} to {@code high}, with a tick every {@code step}. */
    private record Axis(double low, double high, double step) {
        static Axis of(List<double[]> values, double step, boolean fromZero) {
            var low = fromZero ? 0 : Double.POSITIVE_INFINITY;
            var high = fromZero ? 0 : Double.NEGATIVE_INFINITY;
            for (var each : values) {
                for (var value : each) {
                    if (Double.isFinite(value)) {
                        low = Math.min(low, value);
                        high = Math.max(high, value);
                    }
                }
            }
            if (low > high) {
                low = 0;
                high = 0;
            }
            if (high == low) {
                high = low + Math.max(1, Math.abs(low) * 0.1);
            }
            return new Axis(low, high, step > 0 ? step : niceStep((high - low) / TICKS));
        }

        static Axis ofWholeSteps(List<double[]> values, boolean fromZero) {
            var axis = of(values, 0, fromZero);
            return new Axis(
                    Math.floor(axis.low / axis.step) * axis.step,
                    Math.ceil(axis.high / axis.step) * axis.step,
                    axis.step);
        }

        /** 1, 2, 2.5, 4, 5 or 10 times a power of ten, at least {@code least}. */
        private static double niceStep(double least) {
            var power = Math.pow(10, Math.floor(Math.log10(least)));
            for (var factor : new double[] {1, 2, 2.5, 4, 5}) {
                if (factor * power >= least * (1 - 1e-9)) {
                    return factor * power;
                }
            }
            return 10 * power;
        }

        List<Double> ticks() {
            var ticks = new ArrayList<Double>();
            for (var i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
                ticks.add(i * step);
            }
            return ticks;
        }

        /** All labels of an axis are in the same thousands. */
        String label(double value) {
            var most = Math.max(Math.abs(low), Math.abs(high));
            if (most >= 1e7) {
                return trimmed(value / 1e6, step / 1e6) + "M";
            }
            return most >= 10_000 ? trimmed(value / 1e3, step / 1e3) + "k" : trimmed(value, step);
        }

        private static String trimmed(double value, double step) {
            var digits = 0;
            for (var rest = step; digits < 6 && Math.abs(rest - Math.rint(rest)) > 1e-6 * rest; rest *= 10) {
                digits++;
            }
            return String.format(Locale.ROOT, "%." + digits + "f", value == 0 ? 0.0 : value);
        }
    }
}
