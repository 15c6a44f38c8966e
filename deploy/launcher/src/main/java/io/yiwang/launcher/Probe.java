package io.yiwang.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Short HTTP questions to parts on this machine. */
final class Probe {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private Probe() {}

    /** Ready when {@code url} answers 2xx. */
    static BooleanSupplier answers(String url) {
        return () -> get(url, Duration.ofSeconds(2)).isPresent();
    }

    /** Ready when {@code url} answers 2xx with a body that contains {@code text}. */
    static BooleanSupplier answersWith(String url, String text) {
        return () -> get(url, Duration.ofSeconds(2))
                .filter(body -> body.contains(text))
                .isPresent();
    }

    /** The body of a 2xx answer. */
    static Optional<String> get(String url, Duration timeout, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(timeout);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() / 100 == 2 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
