package io.yiwang.dashboard.history;

import com.influxdb.LogLevel;
import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.domain.InfluxQLQuery;
import com.influxdb.client.domain.InfluxQLQuery.InfluxQLPrecision;
import com.influxdb.exceptions.InfluxException;
import com.influxdb.exceptions.NotFoundException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks InfluxDB in InfluxQL, the one language of its versions. Nothing but validated ids may come into a question. */
@Component
public class InfluxReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InfluxReader.class);

    /** One row: its series' tags, its time and its fields, null where the row has none. */
    public record Row(Map<String, String> tags, long timeMillis, List<@Nullable String> fields) {
        /** @param index of the field as selected, from 0; null when the row has none */
        public @Nullable Double number(int index) {
            var text = fields.get(index);
            return text == null || text.isEmpty() ? null : Double.valueOf(text);
        }
    }

    private final DashboardSettings.Influx settings;
    private final OkHttpClient.Builder http;
    private @Nullable InfluxDBClient client;

    InfluxReader(DashboardSettings settings) {
        this.settings = settings.influx();
        http = new OkHttpClient.Builder()
                .connectTimeout(Duration.ofSeconds(2))
                .readTimeout(Duration.ofSeconds(20))
                .writeTimeout(Duration.ofSeconds(5));
        var token = this.settings.token();
        int colon = token.indexOf(':');
        if (colon > 0) {
            // How users of a 1.x server log in; older ones do not know the token form.
            var basic = Credentials.basic(token.substring(0, colon), token.substring(colon + 1));
            http.addInterceptor(chain -> chain.proceed(
                    chain.request().newBuilder().header("Authorization", basic).build()));
        }
    }

    /** {@code "database"."retention"."measurement"}, quoted. @param retention {@code raw} or {@code rollup} */
    public String from(String retention, String measurement) {
        return identifier(settings.database()) + "." + identifier(retention) + "." + identifier(measurement);
    }

    public static String identifier(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    public static String literal(String text) {
        return '\'' + text.replace("\\", "\\\\").replace("'", "\\'") + '\'';
    }

    /**
     * Rows of a {@code SELECT}, in the server's order; none while the database does not exist yet.
     *
     * @throws Problem 503 when InfluxDB does not answer
     */
    public List<Row> rows(String question) {
        try {
            var query = new InfluxQLQuery(question, settings.database()).setPrecision(InfluxQLPrecision.MILLISECONDS);
            var rows = new ArrayList<Row>();
            for (var result : open().getInfluxQLQueryApi().queryJSON(query).getResults()) {
                for (var series : result.getSeries()) {
                    for (var record : series.getValues()) {
                        rows.add(row(series.getTags() == null ? Map.of() : series.getTags(), record.getValues()));
                    }
                }
            }
            return rows;
        } catch (NotFoundException e) {
            return List.of();
        } catch (InfluxException e) {
            if (e.getMessage() != null && e.getMessage().contains("not found")) {
                return List.of();
            }
            LOG.warn("InfluxDB at {} did not answer '{}': {}", settings.url(), question, e.getMessage());
            throw Problem.unavailable(
                    "HISTORY_DOWN",
                    "the history store (InfluxDB) does not answer; live values and alarms go on, try again shortly",
                    e);
        }
    }

    /**
     * Asks whether the server is there.
     *
     * @return its version
     * @throws IOException when it does not answer within about a second
     */
    public String ping() throws IOException {
        var quick = http.build()
                .newBuilder()
                .connectTimeout(Duration.ofMillis(800))
                .readTimeout(Duration.ofMillis(800))
                .build();
        var request = new Request.Builder().url(settings.url() + "/ping").build();
        try (var response = quick.newCall(request).execute()) {
            if (response.code() >= 500) {
                throw new IOException("answered " + response.code());
            }
            return response.header("X-Influxdb-Version", "unknown version");
        } finally {
            quick.connectionPool().evictAll();
            quick.dispatcher().executorService().shutdown();
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }

    private synchronized InfluxDBClient open() {
        if (client == null) {
            var options = InfluxDBClientOptions.builder()
                    .url(settings.url().toString())
                    .org("-")
                    .logLevel(LogLevel.NONE)
                    .okHttpClient(http);
            if (!settings.token().isEmpty()) {
                options.authenticateToken(settings.token().toCharArray());
            }
            client = InfluxDBClientFactory.create(options.build());
        }
        return client;
    }

    private static Row row(Map<String, String> tags, Object[] values) {
        Function<Object, @Nullable String> text = value -> value == null ? null : value.toString();
        var fields = new ArrayList<@Nullable String>();
        for (int i = 1; i < values.length; i++) {
            fields.add(text.apply(values[i]));
        }
        return new Row(tags, Double.valueOf(values[0].toString()).longValue(), fields);
    }
}
