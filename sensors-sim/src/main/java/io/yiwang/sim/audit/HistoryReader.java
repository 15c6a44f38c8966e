package io.yiwang.sim.audit;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.domain.InfluxQLQuery;
import com.influxdb.query.InfluxQLQueryResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;

/** Reads stored raw values out of InfluxDB with InfluxQL. Not thread-safe. */
final class HistoryReader implements AutoCloseable {
    private static final int PAGE_ROWS = 20_000;
    private static final String RAW = "raw";
    /** Roll-ups stand beside their measurement under this name; they live in a retention policy of their own. */
    private static final String ROLLUP_SUFFIX = "_1m";

    /** Held here, so that its level lasts: the client warns of every question whose answer is "nothing". */
    private static final Logger CLIENT_LOG = Logger.getLogger("com.influxdb");

    private final InfluxDBClient client;
    private final String database;
    private Map<String, Set<String>> measurements = Map.of();

    /** @param token empty when the server asks for none */
    HistoryReader(String url, String token, String database) {
        CLIENT_LOG.setLevel(Level.SEVERE);
        this.database = database;
        client = InfluxDBClientFactory.create(InfluxDBClientOptions.builder()
                .url(url)
                .authenticateToken((token.isEmpty() ? "none" : token).toCharArray())
                .okHttpClient(new OkHttpClient.Builder()
                        .connectTimeout(Duration.ofSeconds(10))
                        .readTimeout(Duration.ofMinutes(2)))
                .build());
    }

    /** How long raw values are kept; zero = for ever. */
    Duration kept() {
        for (var series : query("SHOW RETENTION POLICIES ON \"" + database + "\"")) {
            for (var row : series.getValues()) {
                if (RAW.equals(row.getValueByKey("name"))) {
                    return parse(String.valueOf(row.getValueByKey("duration")));
                }
            }
        }
        throw new AuditImpossible("InfluxDB has no retention policy \"" + RAW + "\" in database \"" + database
                + "\": nothing has been archived there yet. Is the history part running, and is this its server?");
    }

    /** Learns which devices are in which measurement; call before {@link #values} and again when devices may be new. */
    void refreshDevices() {
        var found = new HashMap<String, Set<String>>();
        for (var series : query("SHOW TAG VALUES ON \"" + database + "\" WITH KEY = \"device\"")) {
            if (series.getName().endsWith(ROLLUP_SUFFIX)) {
                continue;
            }
            for (var row : series.getValues()) {
                found.computeIfAbsent(String.valueOf(row.getValueByKey("value")), key -> new TreeSet<>())
                        .add(series.getName());
            }
        }
        measurements = found;
    }

    /** Every stored value of the device with {@code fromNanos <= time < toNanos}, each as often as it is there. */
    List<StoredValue> values(String device, long fromNanos, long toNanos) {
        var values = new ArrayList<StoredValue>();
        for (var measurement : measurements.getOrDefault(device, Set.of())) {
            long from = fromNanos;
            while (from < toNanos) {
                from = page(measurement, device, from, toNanos, values);
            }
        }
        return values;
    }

    /** Adds one page and returns where the next one starts. */
    private long page(String measurement, String device, long fromNanos, long toNanos, List<StoredValue> values) {
        var result = query("SELECT *::field FROM \"" + database + "\".\"" + RAW + "\".\"" + measurement
                + "\" WHERE \"device\" = '" + device + "' AND time >= " + fromNanos + " AND time < " + toNanos
                + " ORDER BY time LIMIT " + PAGE_ROWS);
        if (result.isEmpty()) {
            return toNanos;
        }
        var series = result.get(0);
        var rows = series.getValues();
        boolean full = rows.size() == PAGE_ROWS;
        long last = timeOf(rows.get(rows.size() - 1));
        // Rows of the last instant of a full page may go on behind it: they are left to the next page.
        boolean again = full && last > fromNanos;
        for (var row : rows) {
            long nanos = timeOf(row);
            if (again && nanos == last) {
                break;
            }
            series.getColumns().keySet().forEach(column -> {
                if (isMetric(column) && isPresent(row.getValueByKey(column))) {
                    values.add(new StoredValue(nanos, column));
                }
            });
        }
        return again ? last : full ? last + 1 : toNanos;
    }

    private static boolean isMetric(String column) {
        return !column.equals("time") && !column.equals("name") && !column.equals("tags") && !column.endsWith("_q");
    }

    private static boolean isPresent(Object value) {
        return value != null && !value.toString().isEmpty();
    }

    private static long timeOf(InfluxQLQueryResult.Series.Record row) {
        return Long.parseLong(String.valueOf(row.getValueByKey("time")));
    }

    private List<InfluxQLQueryResult.Series> query(String influxQl) {
        InfluxQLQueryResult result;
        try {
            // CSV, because JSON numbers of the client lose the last digits of a time in ns.
            result = client.getInfluxQLQueryApi()
                    .queryCSV(new InfluxQLQuery(influxQl, database, InfluxQLQuery.AcceptHeader.CSV)
                            .setPrecision(InfluxQLQuery.InfluxQLPrecision.NANOSECONDS));
        } catch (RuntimeException e) {
            throw new AuditImpossible("InfluxDB does not answer the audit's question (" + e.getMessage() + ")", e);
        }
        return result.getResults().stream()
                .flatMap(one -> one.getSeries().stream())
                .toList();
    }

    /** InfluxDB's duration, e.g. {@code 168h0m0s}. */
    static Duration parse(String duration) {
        var matcher = Pattern.compile("(\\d+)h(\\d+)m(\\d+)s").matcher(duration);
        if (matcher.matches()) {
            return Duration.ofSeconds(TimeUnit.HOURS.toSeconds(Long.parseLong(matcher.group(1)))
                    + TimeUnit.MINUTES.toSeconds(Long.parseLong(matcher.group(2)))
                    + Long.parseLong(matcher.group(3)));
        }
        return Duration.ZERO;
    }

    @Override
    public void close() {
        client.close();
    }
}
