package io.yiwang.streams.influx;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
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
    private static final Pattern FIRST_OF_ROW = Pattern.compile("\\[\"([A-Za-z0-9_-]+)\"[,\\]]");

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
        create(http, settings, existing, InfluxSettings.RAW, "7d", "1d", " DEFAULT");
        create(http, settings, existing, InfluxSettings.ROLLUP, "400d", "7d", "");
    }

    private static void create(
            OkHttpClient http,
            InfluxSettings settings,
            Set<String> existing,
            String name,
            String duration,
            String shard,
            String defaults)
            throws IOException {
        if (!existing.contains(name)) {
            query(
                    http,
                    settings,
                    "CREATE RETENTION POLICY \"" + name + "\" ON \"" + settings.database() + "\" DURATION " + duration
                            + " REPLICATION 1 SHARD DURATION " + shard + defaults);
            LOG.info("InfluxDB database {}: made retention policy {} of {}", settings.database(), name, duration);
        }
    }

    private static Set<String> retentions(OkHttpClient http, InfluxSettings settings) throws IOException {
        var answer = query(http, settings, "SHOW RETENTION POLICIES ON \"" + settings.database() + "\"");
        var names = new HashSet<String>();
        var rows = FIRST_OF_ROW.matcher(answer.substring(Math.max(0, answer.indexOf("\"values\""))));
        while (rows.find()) {
            names.add(rows.group(1));
        }
        return names;
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
