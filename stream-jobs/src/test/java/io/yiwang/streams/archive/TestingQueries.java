package io.yiwang.streams.archive;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** InfluxQL against a server that may be away. */
public final class TestingQueries {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    public TestingQueries(String url) {
        this.url = url;
    }

    /** Rows of the first series, oldest first; times in ms. Empty when there is none or no server. */
    public JsonNode rows(String query) throws InterruptedException {
        var uri = URI.create(url + "/query?db=yiwang&epoch=ms&q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        try {
            var answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(answer.body()).at("/results/0/series/0/values");
        } catch (IOException away) {
            return JSON.missingNode();
        }
    }

    /** The second column of the only row, e.g. of a count; 0 when there is none. */
    public long number(String query) throws InterruptedException {
        return rows(query).at("/0/1").asLong(0);
    }
}
