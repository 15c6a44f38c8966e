package io.yiwang.streams.influx;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database and its retentions on a 1.x server: made when missing, otherwise left as the operator has them. Safe to run from
 * many writers at once.
 */
final class InfluxSchema {
    private static final Logger LOG = LoggerFactory.getLogger(InfluxSchema.class);
    private static final Pattern FIRST_OF_ROW = Pattern.compile("\\[\"([A-Za-z0-9_-]+)\",\"([^\"]*)\"");
    private static final String FOR_EVER = "INF";
    /** How the server writes it. */
    private static final String NO_END = "0s";

    private InfluxSchema() {}

    /**
     * @throws IOException when the server does not answer
     * @throws InfluxFailure when it refuses
     */
    static void ensure(OkHttpClient http, InfluxSettings settings) throws IOException {
        var database = settings.database();
        // Creating a database that exists changes nothing.
        query(http, settings, "CREATE DATABASE \"" + database + "\"");
        var existing = retentions(http, settings);
        if (settings.keepsAll()) {
            // Fewer and longer shards: a fast city fills months in an hour.
            create(http, settings, existing, InfluxSettings.RAW, FOR_EVER, "7d", " DEFAULT");
            create(http, settings, existing, InfluxSettings.ROLLUP, FOR_EVER, "60d", "");
        } else {
            create(http, settings, existing, InfluxSettings.RAW, "7d", "1d", " DEFAULT");
            create(http, settings, existing, InfluxSettings.ROLLUP, "400d", "7d", "");
        }
    }

    private static void create(
            OkHttpClient http,
            InfluxSettings settings,
            Map<String, String> existing,
            String name,
            String duration,
            String shard,
            String defaults)
            throws IOException {
        var kept = existing.get(name);
        if (kept != null && duration.equals(FOR_EVER) && !kept.equals(NO_END)) {
            throw new InfluxFailure("InfluxDB at " + settings.url() + " keeps only " + kept + " in retention policy "
                    + name + " of database " + settings.database()
                    + " and would drop what a city on a clock of its own says of other years. Use another database, or: "
                    + "ALTER RETENTION POLICY \"" + name + "\" ON \"" + settings.database() + "\" DURATION INF");
        }
        if (kept == null) {
            query(
                    http,
                    settings,
                    "CREATE RETENTION POLICY \"" + name + "\" ON \"" + settings.database() + "\" DURATION " + duration
                            + " REPLICATION 1 SHARD DURATION " + shard + defaults);
            LOG.info("InfluxDB database {}: made retention policy {} of {}", settings.database(), name, duration);
        }
    }

    /** How long each retention policy of the database keeps, as the server writes it. */
    private static Map<String, String> retentions(OkHttpClient http, InfluxSettings settings) throws IOException {
        var answer = query(http, settings, "SHOW RETENTION POLICIES ON \"" + settings.database() + "\"");
        var durations = new HashMap<String, String>();
        var rows = FIRST_OF_ROW.matcher(answer.substring(Math.max(0, answer.indexOf("\"values\""))));
        while (rows.find()) {
            durations.put(rows.group(1), rows.group(2));
        }
        return durations;
    }

    private static String query(OkHttpClient http, InfluxSettings settings, String statement) throws IOException {
        var url = HttpUrl.get(settings.url())
                .newBuilder()
                .addPathSegment("query")
                .addQueryParameter("db", settings.database())
                .build();
        var request = new Request.Builder()
                .url(url)
                .post(new FormBody.Builder().add("q", statement).build());
        InfluxConnection.authorize(request, settings.token());
        try (var response = http.newCall(request.build()).execute()) {
            var body = response.body() == null ? "" : response.body().string();
            if (response.code() >= 500 || response.code() == 429) {
                throw new IOException("InfluxDB answered " + response.code() + " to '" + statement + "': " + body);
            }
            if (!response.isSuccessful() || body.contains("\"error\"")) {
                throw new InfluxFailure("InfluxDB at " + settings.url() + " refused '" + statement + "' ("
                        + response.code() + "): " + body.strip()
                        + (response.code() == 401 || response.code() == 403
                                ? " Give a token of a user who may create databases, or create it once by hand."
                                : ""));
            }
            return body;
        }
    }
}
