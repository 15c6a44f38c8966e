package io.yiwang.launcher;

import io.yiwang.model.clock.CityClock;
import io.yiwang.servers.KafkaServer;
import io.yiwang.servers.ServerFailure;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code up}: a city on this machine, until Ctrl-C or {@code down}. */
@Command(
        name = "up",
        description = "Starts every part on this machine and shows where to look. Ctrl-C or 'down' stops it all.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    private static final Duration FIRST_VALUE_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration DETACHED_START_TIMEOUT = Duration.ofMinutes(5);

    @Mixin
    UpOptions options;

    @Mixin
    DataOption dataOption;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        return options.detach ? startDetached() : runHere();
    }

    private int runHere() {
        long startedNanos = System.nanoTime();
        var startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        options.check();
        var data = dataOption.folder();
        data.prepare();
        FileLock lock = data.lock();
        LeftOvers.end(data);
        if (options.tls) {
            Certificate.prepare(data);
            System.getProperties().putAll(Certificate.trust(data));
        }
        var domains = new KeptDomains(data).settle(options.domains);
        var clock = new KeptClock(data).settle(options.clock, zone(), startedAt);
        var city = new City(Installation.current(), data, options, clock, domains);
        if (options.kafka != null) {
            KafkaServer.createTopics(options.kafka);
        }
        say("Yiwang 一网: starting on " + data.path());
        if (!clock.isWallClock()) {
            say("  The city has a clock of its own: " + clock.wish() + "; it is now "
                    + clock.instant().truncatedTo(ChronoUnit.SECONDS) + " there.");
        }
        if (domains != null) {
            say("  Further domain packs from " + domains);
        }
        warnWhenOpen();
        warnWhenLarge();
        var supervisor = new Supervisor(
                city.parts(),
                data,
                startedNanos,
                states -> data.publish(new RunState(
                        ProcessHandle.current().pid(),
                        startedAt.toString(),
                        city.dashboardUrl(),
                        city.addresses(),
                        states)),
                this::say);
        var stopper = new Thread(
                () -> {
                    say("Stopping …");
                    supervisor.stop();
                    say("Stopped. The data stays in " + data.path() + ".");
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            supervisor.start();
        } catch (Refusal | ServerFailure e) {
            Runtime.getRuntime().removeShutdownHook(stopper);
            supervisor.stop();
            throw e;
        }
        if (supervisor.isStopping()) {
            return 1;
        }
        tellAddresses(city, data);
        tellFirstValue(city, data, clock, startedAt, startedNanos);
        say("Ctrl-C stops everything.");
        supervisor.watch();
        // Keeps the lock referenced, and so held, to the end.
        return lock.isValid() ? 0 : 1;
    }

    private ZoneId zone() {
        try {
            return ZoneId.of(options.zone);
        } catch (DateTimeException e) {
            throw new Refusal(
                    "--zone " + options.zone + ": there is no such time zone; use a name such as Asia/Shanghai.");
        }
    }

    private void tellAddresses(City city, DataFolder data) {
        say("");
        say("  Dashboard   " + city.dashboardUrl() + (options.tls ? "  (own certificate: the browser asks once)" : ""));
        say("  Login       admin / " + data.readAdminPassword() + "   (kept in " + data.adminPassword() + ")");
        say("  MQTT        " + city.mqttUrl());
        if (options.mqtt == null) {
            say("  MQTT + TLS  " + city.mqttsUrl() + "   (authority: " + MqttAuthority.certificate(data)
                    + "; './yiwang certificate DEVICE' makes a device's)");
        }
        city.loggersUrl().ifPresent(url -> say("  HJ 212      " + url + "   (data loggers; not encrypted)"));
        say("  Kafka       " + city.kafkaAddress());
        say("");
    }

    /** How long a person at the page had to wait: the goal of a cold start is 25 s. */
    private void tellFirstValue(City city, DataFolder data, CityClock clock, Instant startedAt, long startedNanos) {
        if (options.noDemo || options.mqtt != null) {
            say("  The city is empty. docs/first-device.md shows how to connect a device.");
            return;
        }
        var login = "Basic "
                + Base64.getEncoder()
                        .encodeToString(("admin:" + data.readAdminPassword()).getBytes(StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + FIRST_VALUE_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            var body = Probe.get(
                    city.dashboardUrl() + "/api/facilities?limit=500", Duration.ofSeconds(5), "Authorization", login);
            if (body.isPresent() && FirstValue.since(clock.at(startedAt), body.get())) {
                say("  First live value on the page %.1f s after the start."
                        .formatted((System.nanoTime() - startedNanos) / 1e9));
                return;
            }
            sleep(200);
        }
        say("  No live value arrived within " + FIRST_VALUE_TIMEOUT.toSeconds()
                + " s: see './yiwang logs sim', './yiwang logs ingest'.");
    }

    private void warnWhenLarge() {
        if (options.isLarge()) {
            say("  WARNING: " + options.facilities + " facilities have about " + 5 * options.facilities / 2
                    + " devices, each with its own MQTT connection. More than " + UpOptions.LARGE_CITY
                    + " facilities were never tried on one machine: it may run short of memory, sockets or CPU."
                    + " --pace natural makes the devices report as seldom as real ones.");
        }
    }

    private void warnWhenOpen() {
        boolean loopback = options.isLoopback();
        if (!loopback && !options.tls) {
            say("  WARNING: the dashboard on " + options.bind
                    + " is not encrypted: passwords cross the network readable."
                    + " Add --tls, or put a TLS proxy before it.");
        }
        if (!loopback && options.mqtt == null && !options.plainMqtt) {
            say("  MQTT without TLS stays on " + options.plainMqttBind() + "; other machines connect by TLS on "
                    + options.bind + ". --plain-mqtt opens it to them too.");
        }
        if (!loopback && options.mqtt == null && options.plainMqtt) {
            say("  WARNING: the MQTT door on " + options.bind
                    + " is not encrypted: device secrets cross the network readable.");
        }
    }

    /** Starts this same command as a process of its own and returns when it says that everything is up. */
    private int startDetached() throws IOException {
        var data = dataOption.folder();
        data.prepare();
        if (data.isRunning()) {
            data.lock();
        }
        var log = data.logs().resolve("launcher.log");
        var arguments = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        arguments.remove("--detach");
        var command = new ArrayList<>(List.of("setsid"));
        ProcessHandle.current().info().command().ifPresent(command::add);
        command.addAll(List.of(
                "-Dyiwang.home=" + Installation.current().root(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Yiwang.class.getName(),
                "up"));
        command.addAll(arguments.subList(arguments.indexOf("up") + 1, arguments.size()));
        Files.deleteIfExists(log);
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        int shown = 0;
        long deadline = System.nanoTime() + DETACHED_START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            // Asked before reading: what it said last is then in what is read.
            boolean alive = process.isAlive();
            var lines = Files.readAllLines(log);
            for (; shown < lines.size(); shown++) {
                if (lines.get(shown).equals("Ctrl-C stops everything.")) {
                    say("Running in the background; './yiwang down' stops it.");
                    return 0;
                }
                say(lines.get(shown));
            }
            if (!alive) {
                return process.exitValue() == 0 ? 1 : process.exitValue();
            }
            sleep(100);
        }
        process.destroy();
        throw new Refusal(
                "The city was not up within " + DETACHED_START_TIMEOUT.toMinutes() + " minutes; see " + log + ".");
    }

    private void say(String line) {
        System.out.println(line);
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted");
        }
    }
}
