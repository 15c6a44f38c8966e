package io.yiwang.streams.backtest;

import io.yiwang.model.id.Ids;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The archive of a 1.x InfluxDB as messages again. It holds neither log clock nor ticks: a reading is taken to have come when it was
 * measured, in the order of the devices' clocks, which is what the job comes to once all late readings are there.
 */
final class InfluxHistory {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CHUNK = 10_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final String QUALITY = "_q";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final InfluxSettings settings;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    InfluxHistory(InfluxSettings settings) {
        this.settings = settings;
    }

    /**
     * Gives a facility's messages of a time to {@code to}, as the log of partition {@code partition}.
     *
     * @throws IOException when the server does not answer, or not as a 1.x server does
     */
    void telemetry(FacilityAsset facility, long fromMillis, long toMillis, int partition, WhatIf to)
            throws IOException, InterruptedException {
        var reading = new Rows(facility, partition, to);
        var query =
                "SELECT * FROM \"" + settings.database() + "\".\"" + InfluxSettings.RAW + "\".\"" + facility.domain()
                        + "\" WHERE \"facility\" = '" + facility.id() + "' AND time >= " + fromMillis * NANOS_PER_MILLI
                        + " AND time < " + toMillis * NANOS_PER_MILLI + " ORDER BY time";
        var answer = http.send(request(query), HttpResponse.BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                if (answer.statusCode() != 200) {
                    throw new IOException(
                            "InfluxDB at " + settings.url() + " answered " + answer.statusCode() + ": " + line);
                }
                reading.chunk(JSON.readTree(line));
            }
        }
    }

    private HttpRequest request(String query) {
        var request = HttpRequest.newBuilder(URI.create(settings.url() + "/query?db="
                        + encoded(settings.database()) + "&epoch=ns&chunked=true&chunk_size=" + CHUNK + "&q="
                        + encoded(query)))
                .timeout(PATIENCE);
        var token = settings.token();
        if (token.indexOf(':') > 0) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
        } else if (!token.isEmpty()) {
            request.header("Authorization", "Token " + token);
        }
        return request.build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static final class Rows {
        private final FacilityAsset facility;
        private final int partition;
        private final WhatIf to;
        private long seq;

        Rows(FacilityAsset facility, int partition, WhatIf to) {
            this.facility = facility;
            this.partition = partition;
            this.to = to;
        }

        void chunk(JsonNode answer) throws IOException {
            if (answer.has("error")) {
                throw new IOException("InfluxDB refused: " + answer.get("error").asString());
            }
            for (var result : answer.path("results")) {
                if (result.has("error")) {
                    throw new IOException(
                            "InfluxDB refused: " + result.get("error").asString());
                }
                for (var series : result.path("series")) {
                    var columns = series.path("columns");
                    for (var row : series.path("values")) {
                        row(columns, row);
                    }
                }
            }
        }

        private void row(JsonNode columns, JsonNode row) {
            var metrics = new String[columns.size()];
            var numbers = new double[columns.size()];
            var qualities = new byte[columns.size()];
            long millis = 0;
            var device = "";
            int size = 0;
            for (int i = 0; i < columns.size(); i++) {
                var column = columns.get(i).asString();
                var cell = row.get(i);
                if (column.equals("time")) {
                    millis = Math.floorDiv(cell.asLong(), NANOS_PER_MILLI);
                } else if (column.equals("device")) {
                    device = cell.asString("");
                } else if (cell.isNumber() && !column.endsWith(QUALITY)) {
                    size = place(metrics, numbers, size, column);
                    numbers[indexOf(metrics, size, column)] = cell.asDouble();
                } else if (cell.isNumber()) {
                    var metric = column.substring(0, column.length() - QUALITY.length());
                    size = place(metrics, numbers, size, metric);
                    qualities[indexOf(metrics, size, metric)] = (byte) cell.asInt();
                }
            }
            if (size == 0 || !Ids.isValid(device)) {
                return;
            }
            to.on(
                    partition,
                    new TelemetryMessage(
                            facility.domain(),
                            facility.district(),
                            facility.id(),
                            device,
                            "archive",
                            ++seq,
                            millis,
                            millis,
                            millis,
                            partition,
                            Arrays.copyOf(metrics, size),
                            Arrays.copyOf(numbers, size),
                            Arrays.copyOf(qualities, size),
                            0));
        }

        /** A metric has a place when either its number or its quality is there. */
        private static int place(String[] metrics, double[] numbers, int size, String metric) {
            if (indexOf(metrics, size, metric) >= 0) {
                return size;
            }
            metrics[size] = metric;
            numbers[size] = Double.NaN;
            return size + 1;
        }

        private static int indexOf(String[] metrics, int size, String metric) {
            for (int i = 0; i < size; i++) {
                if (metrics[i].equals(metric)) {
                    return i;
                }
            }
            return -1;
        }
    }
}
