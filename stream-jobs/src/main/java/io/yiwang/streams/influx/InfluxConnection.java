package io.yiwang.streams.influx;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.domain.WritePrecision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open way to one InfluxDB, of whichever version: asks the server for it, makes the schema of a 1.x server, and sends its
 * writes to {@code /write}, the only path that servers before 1.8 have.
 */
final class InfluxConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InfluxConnection.class);
    /** The client insists on an organisation; 1.x ignores it, a token of a later server belongs to one. */
    private static final String ORGANISATION = "-";

    private final InfluxDBClient client;
    private final WriteApiBlocking writes;

    private InfluxConnection(InfluxDBClient client) {
        this.client = client;
        writes = client.getWriteApiBlocking();
    }

    /**
     * @throws IOException when the server does not answer
     * @throws InfluxFailure when it answers but cannot be used
     */
    static InfluxConnection open(InfluxSettings settings) throws IOException {
        var http = new OkHttpClient.Builder()
                .connectTimeout(Duration.ofSeconds(5))
                .readTimeout(Duration.ofSeconds(30))
                .writeTimeout(Duration.ofSeconds(30));
        var plain = http.build();
        try {
            var version = version(plain, settings);
            boolean first = version.startsWith("1.") || version.startsWith("v1.");
            if (first) {
                InfluxSchema.ensure(plain, settings);
                http.addInterceptor(new WritePath(settings));
            }
            LOG.info("InfluxDB {} at {}", version, settings);
            var options = InfluxDBClientOptions.builder()
                    .url(settings.url())
                    .org(ORGANISATION)
                    .okHttpClient(http);
            if (!settings.token().isEmpty()) {
                options.authenticateToken(settings.token().toCharArray());
            }
            return new InfluxConnection(InfluxDBClientFactory.create(options.build()));
        } finally {
            plain.dispatcher().executorService().shutdown();
            plain.connectionPool().evictAll();
        }
    }

    /** Writes whole lines of ns precision; exceptions as {@link WriteApiBlocking} has them. */
    void write(String bucket, String lines) {
        writes.writeRecord(bucket, ORGANISATION, WritePrecision.NS, lines);
    }

    @Override
    public void close() {
        client.close();
    }

    private static String version(OkHttpClient http, InfluxSettings settings) throws IOException {
        var url =
                HttpUrl.get(settings.url()).newBuilder().addPathSegment("ping").build();
        try (var response = http.newCall(new Request.Builder().url(url).build()).execute()) {
            if (response.code() >= 500) {
                throw new IOException("InfluxDB answered " + response.code() + " to a ping");
            }
            var version = response.header("X-Influxdb-Version");
            if (version == null) {
                throw new InfluxFailure("What answers at " + settings.url() + " does not say that it is InfluxDB");
            }
            return version;
        }
    }

    /** A token {@code user:password} is how 1.x users log in. */
    static void authorize(Request.Builder request, String token) {
        if (token.indexOf(':') > 0) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
        } else if (!token.isEmpty()) {
            request.header("Authorization", "Token " + token);
        }
    }

    /** Rewrites {@code /api/v2/write?bucket=db/rp} to {@code /write?db=&rp=}. */
    private record WritePath(InfluxSettings settings) implements Interceptor {
        @Override
        public Response intercept(Chain chain) throws IOException {
            var request = chain.request();
            var bucket = request.url().queryParameter("bucket");
            if (!request.url().encodedPath().endsWith("/api/v2/write") || bucket == null) {
                return chain.proceed(request);
            }
            int slash = bucket.indexOf('/');
            var url = HttpUrl.get(settings.url())
                    .newBuilder()
                    .addPathSegment("write")
                    .addQueryParameter("db", bucket.substring(0, slash))
                    .addQueryParameter("rp", bucket.substring(slash + 1))
                    .addQueryParameter("precision", request.url().queryParameter("precision"))
                    .build();
            var rewritten = request.newBuilder().url(url);
            authorize(rewritten, settings.token());
            return chain.proceed(rewritten.build());
        }
    }
}
