package io.yiwang.sim.drive;

import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.AssetsJson;
import io.yiwang.sim.city.City;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Enters the city into the asset ledger, as an integrator would: through the REST interface. */
public final class AssetsClient {
    private static final Logger LOG = LoggerFactory.getLogger(AssetsClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(120);
    /** Facilities in one request: some seconds of work for the ledger. */
    private static final int BATCH = 2_000;

    private static final long SHORTEST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final int SHOWN_ERRORS = 10;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final URI api;
    private final Path passwordFile;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * @param api the dashboard, e.g. {@code http://127.0.0.1:8080}
     * @param passwordFile holds the password of {@code admin}; read anew at each attempt, it may appear later
     */
    public AssetsClient(URI api, Path passwordFile) {
        this.api = api;
        this.passwordFile = passwordFile;
    }

    /** What became of the import. */
    public record Registered(int created, int updated, int unchanged, List<Refused> errors) {
        public Registered {
            errors = errors == null ? List.of() : List.copyOf(errors);
        }

        Registered and(Registered more) {
            return new Registered(
                    created + more.created,
                    updated + more.updated,
                    unchanged + more.unchanged,
                    Stream.concat(errors.stream(), more.errors.stream()).toList());
        }
    }

    /** A facility that was not taken. */
    public record Refused(String id, String reason) {}

    /** The ledger does not want the city as it is; trying again would not help. */
    public static final class NotAccepted extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotAccepted(String message) {
            super(message);
        }
    }

    /**
     * Registers the city in batches, each facility after those that feed it; waits for the dashboard as long as it takes. What was
     * taken before a failure is not sent again; sent again by a later run, it changes nothing.
     *
     * @throws NotAccepted when the dashboard answers that the import is wrong
     * @throws InterruptedException when the simulator is stopped meanwhile
     */
    public Registered register(City city) throws InterruptedException {
        var facilities = feedersFirst(city.facilities());
        if (facilities.size() <= BATCH) {
            return told(send(AssetsJson.write(city)));
        }
        var all = send(AssetsJson.writeFrame(city));
        for (int from = 0; from < facilities.size(); from += BATCH) {
            var to = Math.min(facilities.size(), from + BATCH);
            all = all.and(send(AssetsJson.writePart(facilities.subList(from, to))));
            LOG.info("registered {} of {} facilities", to, facilities.size());
        }
        return told(all);
    }

    private static List<Facility> feedersFirst(List<Facility> facilities) {
        var byId = new HashMap<String, Facility>();
        facilities.forEach(f -> byId.put(f.getId(), f));
        var ordered = new LinkedHashMap<String, Facility>();
        facilities.forEach(f -> addAfterFeeders(f, byId, ordered));
        return List.copyOf(ordered.values());
    }

    private static void addAfterFeeders(Facility facility, Map<String, Facility> byId, Map<String, Facility> ordered) {
        if (ordered.containsKey(facility.getId())) {
            return;
        }
        for (var feeder : facility.getUpstreamList()) {
            var known = byId.get(feeder);
            if (known != null) {
                addAfterFeeders(known, byId, ordered);
            }
        }
        ordered.put(facility.getId(), facility);
    }

    private Registered send(byte[] body) throws InterruptedException {
        var pause = SHORTEST_PAUSE_MILLIS;
        var said = "";
        while (true) {
            String trouble;
            try {
                var response = http.send(request(body), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() / 100 == 2) {
                    return JSON.readValue(response.body(), Registered.class);
                }
                trouble = "the dashboard answers " + response.statusCode() + " to the import: " + response.body();
                if (response.statusCode() == 400 || response.statusCode() == 422) {
                    throw new NotAccepted(trouble);
                }
            } catch (IOException e) {
                trouble = "waiting for the dashboard at " + api + ": " + e;
            }
            if (!trouble.equals(said)) {
                LOG.info("{}", trouble);
                said = trouble;
            }
            Thread.sleep(pause);
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    private HttpRequest request(byte[] body) throws IOException {
        var password = Files.readString(passwordFile).strip();
        var basic = Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(api.resolve("/api/assets"))
                .timeout(TIMEOUT)
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static Registered told(Registered registered) {
        LOG.info(
                "city registered: {} facilities new, {} updated, {} unchanged, {} refused",
                registered.created(),
                registered.updated(),
                registered.unchanged(),
                registered.errors().size());
        registered.errors().stream()
                .limit(SHOWN_ERRORS)
                .forEach(error -> LOG.warn("facility {} was refused: {}", error.id(), error.reason()));
        return registered;
    }
}
