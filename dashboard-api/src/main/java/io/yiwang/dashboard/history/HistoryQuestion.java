package io.yiwang.dashboard.history;

import static io.yiwang.dashboard.history.InfluxReader.identifier;
import static io.yiwang.dashboard.history.InfluxReader.literal;

import io.yiwang.dashboard.assets.PointAt;

/** A plan as InfluxQL. */
final class HistoryQuestion {
    private HistoryQuestion() {}

    static String of(HistoryPlan plan, PointAt point, InfluxReader influx) {
        var metric = point.metric().code();
        var domain = point.facility().getDomain();
        var where = where(plan, point);
        var limit = " LIMIT " + (HistoryPlan.MOST_ROWS + 1);
        if (plan.every() == null) {
            return "SELECT " + identifier(metric) + " FROM " + influx.from("raw", domain) + where + limit;
        }
        var grouped = " GROUP BY time(" + plan.every().toSeconds() + "s) fill(none)" + limit;
        if (!plan.fromMinutes()) {
            var value = identifier(metric);
            return "SELECT mean(" + value + "), min(" + value + "), max(" + value + "), count(" + value + ") FROM "
                    + influx.from("raw", domain) + where + grouped;
        }
        // The mean of a longer time is the mean of readings, not of minutes: minutes with more readings weigh more.
        var minutes = "SELECT " + identifier(metric + "_mean") + " * " + identifier(metric + "_count") + " AS s, "
                + identifier(metric + "_count") + " AS c, " + identifier(metric + "_min") + " AS lo, "
                + identifier(metric + "_max") + " AS hi FROM " + influx.from("rollup", domain + "_1m") + where;
        return "SELECT sum(s) / sum(c), min(lo), max(hi), sum(c) FROM (" + minutes + ") WHERE time >= "
                + plan.from().toEpochMilli() + "ms AND time < " + plan.to().toEpochMilli() + "ms" + grouped;
    }

    /** The codes of what is not good, at the times of the plan's rows; of several in a row the greatest. A question of its own, because the
     * client cannot read a row that lacks a field, and most lack this one.
     */
    static String doubts(HistoryPlan plan, PointAt point, InfluxReader influx) {
        var quality = identifier(point.metric().code() + "_q");
        var domain = point.facility().getDomain();
        var limit = " LIMIT " + (HistoryPlan.MOST_ROWS + 1);
        if (plan.every() == null) {
            return "SELECT " + quality + " FROM " + influx.from("raw", domain) + where(plan, point) + limit;
        }
        return "SELECT max(" + quality + ") FROM "
                + (plan.fromMinutes() ? influx.from("rollup", domain + "_1m") : influx.from("raw", domain))
                + where(plan, point) + " GROUP BY time(" + plan.every().toSeconds() + "s) fill(none)" + limit;
    }

    private static String where(HistoryPlan plan, PointAt point) {
        return " WHERE \"facility\" = " + literal(point.facility().getId()) + " AND \"device\" = "
                + literal(point.device().getId()) + " AND time >= "
                + plan.from().toEpochMilli() + "ms AND time < "
                + plan.to().toEpochMilli() + "ms";
    }
}
