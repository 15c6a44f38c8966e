package io.yiwang.dashboard.pipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks other parts over HTTP and never waits long. */
final class Http {
    private static final Duration PATIENCE = Duration.ofMillis(1000);

    /** The part did not answer, or not in JSON. */
    static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswer(String message) {
            super(message, null, false, false);
        }
    }

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final JsonMapper json;

    Http(JsonMapper json) {
        this.json = json;
    }

    /** The body, whatever the status: parts answer 503 with a body that says why. */
    JsonNode json(URI address) throws NoAnswer {
        try {
            var request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
            return json.readTree(client.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new NoAnswer("does not answer");
        } catch (JacksonException e) {
            throw new NoAnswer("answers, but not in JSON");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer("interrupted");
        }
    }
}
