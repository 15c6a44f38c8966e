package io.yiwang.launcher;

import io.yiwang.model.clock.CityClock;
import io.yiwang.servers.InfluxServer;
import io.yiwang.servers.Ports;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The parts of one city on this machine: which programs run, with which settings, and what each needs. */
final class City {
    /**
     * For programs that load much and compute little: the optimizing compiler would take more CPU at the start than it ever
     * gives back.
     */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

    private final Installation installation;
    private final DataFolder data;
    private final UpOptions options;
    private final Map<String, Integer> ports;
    private final int ingestHealth = Ports.orFree(0);
    private final int simulatorHealth = Ports.orFree(0);
    private final int kafkaHealth = Ports.orFree(0);

    private final CityClock clock;

    private final @Nullable Path domains;

    /** @param domains folder of further domain packs; null = none */
    City(Installation installation, DataFolder data, UpOptions options, CityClock clock, @Nullable Path domains) {
        this.clock = clock;
        this.domains = domains;
        this.installation = installation;
        this.data = data;
        this.options = options;
        this.ports = options.choosePorts();
    }

    /** In the order in which they are started. */
    List<Part> parts() {
        var parts = new ArrayList<Part>();
        var stores = new ArrayList<String>();
        if (options.kafka == null) {
            parts.add(kafka());
            stores.add("kafka");
        }
        if (options.jdbc == null) {
            parts.add(postgres());
        }
        if (options.influx == null) {
            parts.add(influx());
        }
        parts.add(dashboard(needs(options.kafka == null, "kafka", options.jdbc == null, "postgres")));
        parts.add(ingest(stores));
        parts.add(streams("detect", "detect", stores, List.of()));
        parts.add(streams(
                "history",
                "rates,archive",
                needs(options.kafka == null, "kafka", options.influx == null, "influx"),
                List.of(
                        "--influx-url",
                        influxUrl(),
                        "--influx-token-file",
                        secret("influx-token", "YIWANG_INFLUX_TOKEN"))));
        if (!options.noDemo && options.mqtt == null) {
            parts.add(simulator());
        }
        return parts;
    }

    /** The door for data loggers; empty while it is not opened. */
    Optional<String> loggersUrl() {
        var host = options.bind.equals("0.0.0.0") || options.bind.equals("::") ? "127.0.0.1" : options.bind;
        return Optional.ofNullable(ports.get("hj212")).map(port -> "tcp://" + host + ":" + port);
    }

    /** Where the parts answer, for the other commands. */
    Map<String, String> addresses() {
        var addresses = new LinkedHashMap<String, String>();
        addresses.put("dashboard", dashboardUrl());
        addresses.put("kafka", kafkaAddress());
        addresses.put("influx", influxUrl());
        addresses.put("mqtt", mqttUrl());
        if (options.mqtt == null) {
            addresses.put("mqtts", mqttsUrl());
        }
        loggersUrl().ifPresent(url -> addresses.put("hj212", url));
        addresses.put("ingest", "http://127.0.0.1:" + ingestHealth);
        if (!options.noDemo && options.mqtt == null) {
            addresses.put("sim", "http://127.0.0.1:" + simulatorHealth);
        }
        return addresses;
    }

    /** As this machine reaches it. */
    String dashboardUrl() {
        var host = options.bind.equals("0.0.0.0") || options.bind.equals("::") ? "127.0.0.1" : options.bind;
        return (options.tls ? "https://" : "http://") + host + ":" + ports.get("dashboard");
    }

    /** As an officer's device reaches it: links in mails must work on other machines when the dashboard is open to them. */
    private String pagesUrl() {
        if (!options.bind.equals("0.0.0.0") && !options.bind.equals("::")) {
            return dashboardUrl();
        }
        try {
            return dashboardUrl()
                    .replace("127.0.0.1", InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return dashboardUrl();
        }
    }

    String mqttUrl() {
        return options.mqtt != null
                ? options.mqtt.toString()
                : "tcp://" + reachable(options.plainMqttBind()) + ":" + ports.get("mqtt");
    }

    /** The door by TLS, when it is ours. */
    String mqttsUrl() {
        return "ssl://" + reachable(options.bind) + ":" + ports.get("mqtts");
    }

    private static String reachable(String bind) {
        return bind.equals("0.0.0.0") || bind.equals("::") ? "127.0.0.1" : bind;
    }

    String kafkaAddress() {
        return options.kafka != null ? options.kafka : "127.0.0.1:" + ports.get("kafka");
    }

    private String influxUrl() {
        return options.influx != null ? options.influx.toString() : "http://127.0.0.1:" + ports.get("influx");
    }

    private Part kafka() {
        // Its own name: this module is also a library of programs that bring their own logback.xml.
        var java = program(
                "kafka",
                "deploy/servers",
                "io.yiwang.servers.KafkaServer",
                512,
                List.of("-Dlogback.configurationFile=logback-kafka.xml"));
        var command = withArguments(
                "kafka",
                java,
                List.of(
                        "--data", data.of("kafka").toString(),
                        "--port", ports.get("kafka").toString(),
                        "--health-port", String.valueOf(kafkaHealth)));
        return new Part(
                "kafka", List.of(), ChildProcess.of(command, Map.of()), health(kafkaHealth), ports.get("kafka"));
    }

    private Part postgres() {
        var program = new PostgresPart(data.of("postgres"), ports.get("postgres"));
        return new Part("postgres", List.of(), program, program::isReady, ports.get("postgres"));
    }

    private Part influx() {
        int port = ports.get("influx");
        var folder = data.of("influx");
        var binary = InfluxServer.binary();
        return new Part(
                "influx",
                List.of(),
                ChildProcess.of(List.of(binary.toString()), InfluxServer.settings(folder, port)),
                Probe.answers("http://127.0.0.1:" + port + "/ping"),
                port);
    }

    private Part ingest(List<String> needs) {
        var settings = new ArrayList<>(List.of(
                "--kafka", kafkaAddress(),
                "--data", data.of("ingest").toString(),
                "--health-port", String.valueOf(ingestHealth)));
        settings.addAll(clockOption());
        settings.addAll(domainsOption());
        if (options.mqtt != null) {
            settings.addAll(List.of("--no-door", "--bridge", options.mqtt.toString()));
            if (options.mqttCa != null) {
                settings.addAll(
                        List.of("--bridge-ca", options.mqttCa.toAbsolutePath().toString()));
            }
            if (options.mqttKeyStore != null) {
                settings.addAll(List.of(
                        "--bridge-key-store",
                        options.mqttKeyStore.toAbsolutePath().toString(),
                        "--bridge-key-store-password-file",
                        secret("mqtt-key-store-password", "YIWANG_MQTT_KEY_STORE_PASSWORD")));
            }
            var user = System.getenv("YIWANG_MQTT_USER");
            if (user != null) {
                settings.addAll(List.of("--bridge-user", user));
                if (System.getenv("YIWANG_MQTT_PASSWORD") != null) {
                    settings.addAll(List.of("--bridge-password-file", secret("mqtt-password", "YIWANG_MQTT_PASSWORD")));
                }
            }
        } else {
            settings.addAll(List.of(
                    "--mqtt-bind",
                    options.plainMqttBind(),
                    "--mqtt-port",
                    ports.get("mqtt").toString(),
                    "--mqtts-bind",
                    options.bind,
                    "--mqtts-port",
                    ports.get("mqtts").toString(),
                    "--client-certificates",
                    options.clientCertificates));
            settings.addAll(MqttAuthority.prepare(data).options());
        }
        var loggers = ports.get("hj212");
        if (loggers != null) {
            settings.addAll(List.of("--hj212-bind", options.bind, "--hj212-port", loggers.toString()));
        }
        var command = withArguments(
                "ingest", program("ingest", "ingest", "io.yiwang.ingest.IngestMain", 512, List.of()), settings);
        return new Part(
                "ingest",
                needs,
                ChildProcess.of(command, Map.of()),
                health(ingestHealth),
                options.mqtt == null ? ports.get("mqtt") : 0);
    }

    private Part streams(String name, String jobs, List<String> needs, List<String> more) {
        int port = ports.get(name);
        var settings = new ArrayList<>(List.of(
                "--jobs", jobs,
                "--kafka", kafkaAddress(),
                "--checkpoints", data.of("checkpoints").toString(),
                "--ui-port", String.valueOf(port),
                "--zone", options.zone));
        settings.addAll(clockOption());
        settings.addAll(domainsOption());
        settings.addAll(more);
        var command = withArguments(
                name,
                program(name, "stream-jobs", "io.yiwang.streams.LocalCluster", 1024, Installation.FLINK_JVM),
                settings);
        int count = jobs.split(",").length;
        return new Part(
                name,
                needs,
                ChildProcess.of(command, Map.of()),
                () -> Probe.get("http://127.0.0.1:" + port + "/jobs/overview", Duration.ofSeconds(2))
                        .filter(body -> body.split("\"state\":\"RUNNING\"", -1).length - 1 == count)
                        .isPresent(),
                port);
    }

    private Part dashboard(List<String> needs) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("server.address", options.bind);
        settings.put("server.port", ports.get("dashboard").toString());
        settings.put("spring.datasource.url", jdbcUrl());
        settings.put("spring.datasource.username", environment("YIWANG_JDBC_USER", "postgres"));
        if (options.jdbc != null) {
            settings.put("spring.datasource.password", environment("YIWANG_JDBC_PASSWORD", ""));
        }
        settings.put("yiwang.kafka", kafkaAddress());
        settings.put("yiwang.influx.url", influxUrl());
        settings.put("yiwang.influx.token", environment("YIWANG_INFLUX_TOKEN", ""));
        settings.put("yiwang.influx.database", "yiwang");
        settings.put("yiwang.admin-password-file", data.adminPassword().toString());
        settings.put("yiwang.zone", options.zone);
        if (domains != null) {
            settings.put("yiwang.domains-folder", domains.toString());
        }
        if (!clock.isWallClock()) {
            settings.put("yiwang.clock", clock.toString());
        }
        settings.put("yiwang.ingest-url", "http://127.0.0.1:" + ingestHealth);
        settings.put(
                "yiwang.flink-urls",
                "http://127.0.0.1:" + ports.get("detect") + ",http://127.0.0.1:" + ports.get("history"));
        settings.put("yiwang.parts-file", data.partsFile().toString());
        settings.put("yiwang.notify.pages", pagesUrl());
        if (options.mail != null) {
            var address = options.mail.split(":", 2);
            settings.put("yiwang.notify.mail.host", address[0]);
            settings.put("yiwang.notify.mail.port", address.length > 1 ? address[1] : "25");
            settings.put("yiwang.notify.mail.username", environment("YIWANG_MAIL_USER", ""));
            settings.put("yiwang.notify.mail.password", environment("YIWANG_MAIL_PASSWORD", ""));
            settings.put("yiwang.notify.mail.from", environment("YIWANG_MAIL_FROM", "yiwang@localhost"));
        }
        if (options.webhook != null) {
            settings.put("yiwang.notify.webhook.url", options.webhook.toString());
            settings.put("yiwang.notify.webhook.secret", environment("YIWANG_WEBHOOK_SECRET", ""));
        }
        if (options.tls) {
            settings.putAll(Certificate.serverSettings(data));
        }
        int port = ports.get("dashboard");
        Program program = log -> {
            if (options.jdbc == null) {
                settings.put("spring.datasource.password", postgresPassword());
            }
            var file = data.writeSecret("run/dashboard.properties", asProperties(settings));
            var command = new ArrayList<>(
                    program("dashboard", "dashboard-api", "io.yiwang.dashboard.DashboardMain", 512, QUICK_START));
            command.add("--spring.config.additional-location=file:" + file);
            return ChildProcess.of(command, Map.of()).start(log);
        };
        return new Part("dashboard", needs, program, Probe.answers(dashboardUrl() + "/api/health"), port);
    }

    private Part simulator() {
        var jvm = new ArrayList<>(QUICK_START);
        jvm.addAll(Certificate.trustOptions(data));
        var settings = new ArrayList<>(List.of(
                "run",
                "--api",
                dashboardUrl(),
                "--admin-password-file",
                data.adminPassword().toString(),
                "--mqtt",
                mqttUrl(),
                "--data",
                data.path().toString(),
                "--facilities",
                String.valueOf(options.facilities),
                "--seed",
                String.valueOf(options.seed),
                "--pace",
                options.pace,
                "--zone",
                options.zone,
                "--kafka",
                kafkaAddress(),
                "--fault-rate",
                String.valueOf(options.faultRate),
                "--longest-rise",
                options.longestRise,
                "--health-port",
                String.valueOf(simulatorHealth)));
        settings.addAll(clockOption());
        settings.addAll(domainsOption());
        var command = withArguments("sim", program("sim", "sensors-sim", "io.yiwang.sim.SimMain", 512, jvm), settings);

        return new Part(
                "sim", List.of("dashboard", "ingest"), ChildProcess.of(command, Map.of()), health(simulatorHealth), 0);
    }

    /** Every part that asks what time it is in the city is told the same. */
    private List<String> clockOption() {
        return clock.isWallClock() ? List.of() : List.of("--clock", clock.toString());
    }

    private List<String> domainsOption() {
        return domains == null ? List.of() : List.of("--domains", domains.toString());
    }

    private static BooleanSupplier health(int port) {
        return Probe.answers("http://127.0.0.1:" + port + "/health");
    }

    private List<String> program(
            String name, String module, String mainClass, int heapMegabytes, List<String> jvmOptions) {
        var jvm = new ArrayList<>(installation.classArchive(name, module));
        jvm.addAll(jvmOptions);
        return installation.java(module, mainClass, heapMegabytes, jvm);
    }

    /** Arguments go by a file that only the owner reads: the command line is seen by everyone on the machine. */
    private List<String> withArguments(String name, List<String> java, List<String> settings) {
        var quoted = settings.stream()
                .map(s -> "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .toList();
        var file = data.writeSecret("run/" + name + ".args", String.join("\n", quoted) + "\n");
        var command = new ArrayList<>(java);
        command.add("@" + file);
        return command;
    }

    private String jdbcUrl() {
        return options.jdbc != null
                ? options.jdbc
                : "jdbc:postgresql://127.0.0.1:" + ports.get("postgres") + "/postgres";
    }

    private String postgresPassword() {
        try {
            return Files.readString(data.of("postgres").resolve("password")).strip();
        } catch (java.io.IOException e) {
            throw new Refusal("PostgreSQL's password file is gone: " + e.getMessage());
        }
    }

    private String secret(String name, String variable) {
        return data.writeSecret("run/" + name, environment(variable, "")).toString();
    }

    private static String environment(String variable, String otherwise) {
        return Objects.requireNonNullElse(System.getenv(variable), otherwise);
    }

    private static List<String> needs(boolean first, String firstName, boolean second, String secondName) {
        var needs = new ArrayList<String>();
        if (first) {
            needs.add(firstName);
        }
        if (second) {
            needs.add(secondName);
        }
        return needs;
    }

    private static String asProperties(Map<String, String> settings) {
        var text = new StringBuilder();
        settings.forEach((key, value) ->
                text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
        return text.toString();
    }
}
