package io.yiwang.sim.load;

import io.yiwang.sim.plot.LinePlot;
import io.yiwang.sim.plot.LinePlot.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The result of a load run as one small HTML page without scripts, to be sent around. */
final class LoadPage {
    private static final double[] NINES = {0, 0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999};

    private LoadPage() {}

    static String html(LoadReport report, LoadSeries series) {
        var seconds = series.seconds();
        var plots = List.of(
                new LinePlot(
                        "Messages per second",
                        "s since the start",
                        0,
                        "1/s",
                        true,
                        List.of(
                                line("offered", seconds, LoadSeries.Second::offered),
                                line("acknowledged", seconds, LoadSeries.Second::acked),
                                line("sent again", seconds, LoadSeries.Second::resent))),
                new LinePlot(
                        "Time from due to acknowledged",
                        "s since the start",
                        0,
                        "ms",
                        true,
                        List.of(
                                line("p99", seconds, LoadSeries.Second::ackP99),
                                line("p50", seconds, LoadSeries.Second::ackP50))),
                new LinePlot(
                        "How late the generator was (p99)",
                        "s since the start",
                        0,
                        "ms",
                        true,
                        List.of(line("late", seconds, LoadSeries.Second::lateP99))),
                new LinePlot(
                        "Waiting for an acknowledgement",
                        "s since the start",
                        0,
                        "messages",
                        true,
                        List.of(line("waiting", seconds, second -> (double) second.waiting()))),
                new LinePlot(
                        "Reconnects",
                        "s since the start",
                        0,
                        "per second",
                        true,
                        List.of(line("reconnects", seconds, second -> (double) second.reconnects()))),
                new LinePlot(
                        "Time by percentile (each step right is ten times rarer)",
                        "nines: 1 = 90 %, 2 = 99 %, 3 = 99.9 %",
                        1,
                        "ms",
                        true,
                        List.of(
                                byNines("due → acknowledged", series.ack()),
                                byNines("generator late", series.late()))));
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>%s</title>
                <style>body{font:14px sans-serif;max-width:1000px;margin:2em auto;color:#22313f}
                pre{background:#f4f6f8;padding:1em;overflow-x:auto}.void{color:#b00020;font-weight:bold}</style></head>
                <body><h1>%s</h1><p class="%s">%s</p><pre>%s</pre>
                %s</body></html>
                """.formatted(
                        LinePlot.escaped(report.run()),
                        LinePlot.escaped(report.run()),
                        report.lateness().isVoid() ? "void" : "valid",
                        LinePlot.escaped(report.lateness().sentence()),
                        LinePlot.escaped(report.table()),
                        LinePlot.sheet(plots, 2));
    }

    private static Line line(String name, List<LoadSeries.Second> seconds, ToDoubleFunction<LoadSeries.Second> value) {
        return new Line(
                name,
                seconds.stream().mapToDouble(LoadSeries.Second::at).toArray(),
                seconds.stream().mapToDouble(value).toArray());
    }

    private static Line byNines(String name, Histogram micros) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        for (var share : NINES) {
            // Beyond one in so many messages there is nothing to say.
            if (micros.getTotalCount() * (1 - share) >= 1) {
                x.add(-Math.log10(1 - share));
                y.add(micros.getValueAtPercentile(100 * share) / 1000.0);
            }
        }
        return new Line(
                name,
                x.stream().mapToDouble(v -> v).toArray(),
                y.stream().mapToDouble(v -> v).toArray());
    }
}
