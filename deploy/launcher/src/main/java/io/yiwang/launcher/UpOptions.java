package io.yiwang.launcher;

import io.yiwang.servers.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code up} can be told. */
final class UpOptions {
    static final int LARGE_CITY = 2_000;
    private static final int MOST_FACILITIES = 100_000;

    /** Parts that serve a port that people or devices use, with the default. */
    static final Map<String, Integer> DEFAULT_PORTS = defaultPorts();

    @Option(
            names = "--facilities",
            paramLabel = "N",
            defaultValue = "60",
            description = "size of the demo city (default ${DEFAULT-VALUE})")
    int facilities;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "seed of the demo city (default ${DEFAULT-VALUE})")
    long seed;

    @Option(
            names = "--pace",
            paramLabel = "PACE",
            defaultValue = "demo",
            description =
                    "how often the demo city's devices report: demo = every 5 to 15 s, natural = as real ones do (default ${DEFAULT-VALUE})")
    String pace = "demo";

    @Option(
            names = "--domains",
            paramLabel = "FOLDER",
            description =
                    "further domain packs (*.yaml), beside the ones that come with Yiwang; a data folder remembers them. docs/domain-packs.md shows how to write one")
    @Nullable
    Path domains;

    @Option(
            names = "--fault-rate",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "faults that happen by themselves in the demo city, per facility and day (default ${DEFAULT-VALUE})")
    double faultRate;

    @Option(
            names = "--longest-rise",
            paramLabel = "PACE",
            defaultValue = "demo",
            description =
                    "how slowly faults of the demo city may grow: natural, demo (30 s) or a duration such as 10m (default ${DEFAULT-VALUE})")
    String longestRise = "demo";

    @Option(names = "--no-demo", description = "start an empty city, without the simulator")
    boolean noDemo;

    @Option(names = "--detach", description = "return to the shell once everything is up")
    boolean detach;

    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1",
            description =
                    "address of the dashboard and of the MQTT door by TLS (default ${DEFAULT-VALUE}); 0.0.0.0 lets other machines in")
    String bind = "127.0.0.1";

    @Option(
            names = "--plain-mqtt",
            description =
                    "open MQTT without TLS on --bind too: device secrets then cross the network readable. Without this option it stays on this machine")
    boolean plainMqtt;

    @Option(
            names = "--client-certificates",
            paramLabel = "MODE",
            defaultValue = "optional",
            description =
                    "of devices that connect by TLS: none = user and secret, optional = or a certificate (default), required = only with one")
    String clientCertificates = "optional";

    @Option(names = "--tls", description = "serve the dashboard by HTTPS with a certificate made for this machine")
    boolean tls;

    @Option(
            names = "--mqtt",
            paramLabel = "URL",
            description =
                    "bridge from this MQTT broker instead of opening the own door, e.g. tcp://host:1883; login from YIWANG_MQTT_USER and YIWANG_MQTT_PASSWORD")
    @Nullable
    URI mqtt;

    @Option(
            names = "--mqtt-ca",
            paramLabel = "FILE",
            description = "with --mqtt ssl://…: PEM file with the authorities of that broker's certificate")
    @Nullable
    Path mqttCa;

    @Option(
            names = "--mqtt-key-store",
            paramLabel = "FILE",
            description =
                    "with --mqtt ssl://…: PKCS12 with the client certificate to show; password from YIWANG_MQTT_KEY_STORE_PASSWORD")
    @Nullable
    Path mqttKeyStore;

    @Option(names = "--kafka", paramLabel = "HOSTS", description = "use these Kafka brokers, host:port[,host:port…]")
    @Nullable
    String kafka;

    @Option(names = "--influx", paramLabel = "URL", description = "use this InfluxDB; token from YIWANG_INFLUX_TOKEN")
    @Nullable
    URI influx;

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description =
                    "use this PostgreSQL, jdbc:postgresql://…; login from YIWANG_JDBC_USER and YIWANG_JDBC_PASSWORD")
    @Nullable
    String jdbc;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "Asia/Shanghai",
            description = "time zone of the city's days (default ${DEFAULT-VALUE})")
    String zone = "Asia/Shanghai";

    @Option(
            names = "--clock",
            paramLabel = "FROM[,SPEED]",
            description =
                    "run the city on a clock of its own, from a date and time such as 2026-01-10T06:00 (in --zone, or with an offset) and 0.1 to 1000 times as fast as the wall clock; without it the city lives now. A data folder keeps the clock it was begun with")
    @Nullable
    String clock;

    @Option(
            names = "--port",
            paramLabel = "PART=N",
            description =
                    "another port for a part: mqtt, mqtts, kafka, influx, postgres, detect, history or dashboard; 0 = any free one. hj212=9212 opens the door for data loggers, which send in the clear. Also by YIWANG_PORT_<PART>")
    Map<String, Integer> ports = new LinkedHashMap<>();

    @Option(
            names = "--mail",
            paramLabel = "HOST:PORT",
            description =
                    "mail server for duty officers' mails; login from YIWANG_MAIL_USER and YIWANG_MAIL_PASSWORD, sender from YIWANG_MAIL_FROM")
    @Nullable
    String mail;

    @Option(
            names = "--webhook",
            paramLabel = "URL",
            description = "signed webhook for duty officers' alarms; secret from YIWANG_WEBHOOK_SECRET")
    @Nullable
    URI webhook;

    /** Refuses what no city can be. */
    void check() {
        if (facilities < 1 || facilities > MOST_FACILITIES) {
            throw new Refusal("--facilities is 1 to " + MOST_FACILITIES + ", not " + facilities + ".");
        }
        if (!List.of("demo", "natural").contains(pace)) {
            throw new Refusal("--pace is demo or natural, not " + pace + ".");
        }
        if (!List.of("none", "optional", "required").contains(clientCertificates)) {
            throw new Refusal("--client-certificates is none, optional or required, not " + clientCertificates + ".");
        }
    }

    /** Whether the city's devices are more than were ever tried on one machine: each has a connection of its own. */
    boolean isLarge() {
        return !noDemo && mqtt == null && facilities > LARGE_CITY;
    }

    /** Whether only this machine can reach what listens on {@link #bind}. */
    boolean isLoopback() {
        return bind.equals("127.0.0.1") || bind.equals("localhost") || bind.equals("::1");
    }

    /** Where MQTT without TLS listens. */
    String plainMqttBind() {
        return plainMqtt || isLoopback() ? bind : "127.0.0.1";
    }

    /** Ports to use, each checked to be free; the parts that are not ours are left out. */
    Map<String, Integer> choosePorts() {
        for (var name : ports.keySet()) {
            if (!DEFAULT_PORTS.containsKey(name)) {
                throw new Refusal("--port " + name + "=…: there is no part '" + name + "'; the parts with a port are "
                        + String.join(", ", DEFAULT_PORTS.keySet()) + ".");
            }
        }
        var chosen = new LinkedHashMap<String, Integer>();
        for (var part : DEFAULT_PORTS.keySet()) {
            if (isOurs(part)) {
                chosen.put(part, choose(part));
            }
        }
        return chosen;
    }

    private boolean isOurs(String part) {
        return switch (part) {
            case "mqtt", "mqtts" -> mqtt == null;
            case "kafka" -> kafka == null;
            case "influx" -> influx == null;
            case "postgres" -> jdbc == null;
            // Loggers send their passwords in the clear: a door for them is opened only by whoever asks for it.
            case "hj212" -> ports.containsKey(part) || System.getenv("YIWANG_PORT_HJ212") != null;
            default -> true;
        };
    }

    private int choose(String part) {
        int port = ports.getOrDefault(part, fromEnvironment(part));
        if (port < 0 || port > 65535) {
            throw new Refusal(
                    "Port " + port + " for " + part + " is not a port; ports are 1 to 65535, 0 = any free one.");
        }
        if (port == 0) {
            return Ports.orFree(0);
        }
        var address = switch (part) {
            case "mqtts", "hj212", "dashboard" -> bind;
            case "mqtt" -> plainMqttBind();
            default -> "127.0.0.1";
        };
        if (!Ports.isFree(address, port)) {
            throw new Refusal("Port " + port + " of the part '" + part + "' cannot be opened on " + address
                    + ": another program uses it, or it is not allowed. Stop that program or choose another port: --port "
                    + part + "=" + (port + 10000 <= 65535 ? port + 10000 : port - 10000) + " (0 = any free one).");
        }
        return port;
    }

    private static int fromEnvironment(String part) {
        var value = System.getenv("YIWANG_PORT_" + part.toUpperCase(Locale.ROOT));
        if (value == null) {
            return DEFAULT_PORTS.get(part);
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new Refusal("YIWANG_PORT_" + part.toUpperCase(Locale.ROOT) + " is '" + value + "', not a port.");
        }
    }

    private static Map<String, Integer> defaultPorts() {
        var ports = new LinkedHashMap<String, Integer>();
        ports.put("mqtt", 1883);
        ports.put("mqtts", 8883);
        ports.put("hj212", 9212);
        ports.put("kafka", 9092);
        ports.put("influx", 8086);
        ports.put("postgres", 15432);
        ports.put("detect", 8081);
        ports.put("history", 8082);
        ports.put("dashboard", 8080);
        return ports;
    }
}
