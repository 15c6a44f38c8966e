package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.duty.Person;
import io.yiwang.dashboard.notify.Delivered.Later;
import io.yiwang.dashboard.notify.Delivered.Refused;
import io.yiwang.dashboard.notify.Delivered.Sent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A signed HTTP call. It goes only to the configured server (scheme, host and port): a person's own address may choose
 * another path there, never another server, and redirects are not followed; so the roster cannot be used to make this
 * program call into the network behind it.
 */
final class WebhookChannel implements Channel {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration TOTAL = Duration.ofSeconds(10);

    private final @Nullable URI url;
    private final String secret;
    private final MessageText text;
    private final JsonMapper json;
    private final InstantSource clock;
    private final HttpClient client;

    /** @param url empty = not configured */
    WebhookChannel(String url, String secret, MessageText text, JsonMapper json, InstantSource clock) {
        this.url = url.isBlank() ? null : httpUrl(url);
        this.secret = secret;
        this.text = text;
        this.json = json;
        this.clock = clock;
        client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    private static URI httpUrl(String url) {
        var uri = URI.create(url.strip());
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("the webhook's address must be http(s)://host…");
        }
        return uri;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public boolean configured() {
        return url != null;
    }

    @Override
    public Optional<String> target(Person person) {
        if (url == null) {
            return Optional.empty();
        }
        return person.webhook().isEmpty()
                ? Optional.of(url.toString())
                : Optional.of(person.webhook()).filter(this::allowed);
    }

    /** Whether an address is on the configured server. */
    boolean allowed(String address) {
        if (url == null) {
            return false;
        }
        try {
            var asked = httpUrl(address);
            return asked.getRawUserInfo() == null
                    && asked.getScheme().equals(url.getScheme())
                    && asked.getHost().equalsIgnoreCase(url.getHost())
                    && asked.getPort() == url.getPort();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public Delivered deliver(Message message) {
        if (!allowed(message.target())) {
            return new Refused("the address is not on the configured webhook server");
        }
        var body = body(message);
        var timestamp = String.valueOf(clock.instant().getEpochSecond());
        var request = HttpRequest.newBuilder(URI.create(message.target()))
                .timeout(TOTAL)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "yiwang")
                .header("Idempotency-Key", message.key())
                .header("X-Yiwang-Timestamp", timestamp)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!secret.isEmpty()) {
            request.header("X-Yiwang-Signature", WebhookSignature.of(secret, timestamp, body));
        }
        // The request's own timeout ends with the answer's head; the wait bounds the whole exchange.
        var call = client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        try {
            return judge(call.get(TOTAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            call.cancel(true);
            return new Later("no answer within " + TOTAL.toSeconds() + " s", null);
        } catch (ExecutionException | CompletionException e) {
            var cause = e.getCause() instanceof IOException io ? io : e;
            return new Later(cause.getClass().getSimpleName() + ": " + cause.getMessage(), null);
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            return new Later("stopped while sending", null);
        }
    }

    private byte[] body(Message message) {
        var body = new LinkedHashMap<String, Object>();
        body.put("id", message.key());
        body.put("type", "alarm");
        body.put("step", message.step());
        body.put("person", message.person());
        body.put("personName", message.personName());
        body.put("alarm", message.notice());
        body.put("subject", text.subject(message.notice()));
        body.put("text", text.body(message.notice()));
        body.put("link", text.link(message.notice()));
        return json.writeValueAsBytes(body);
    }

    private Delivered judge(HttpResponse<Void> answer) {
        var status = answer.statusCode();
        var detail = "HTTP " + status;
        if (status >= 200 && status < 300) {
            return new Sent(detail);
        }
        if (status >= 500 || status == 408 || status == 425 || status == 429) {
            return new Later(
                    detail,
                    answer.headers()
                            .firstValue("Retry-After")
                            .map(WebhookChannel::seconds)
                            .orElse(null));
        }
        return new Refused(detail + (status >= 300 && status < 400 ? ": redirects are not followed" : ""));
    }

    /** Retry-After in seconds; a date is rare and not worth a clock comparison, our own schedule does. */
    private static @Nullable Duration seconds(String header) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
