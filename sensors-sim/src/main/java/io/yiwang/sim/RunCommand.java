package io.yiwang.sim;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.city.ReportingPace;
import io.yiwang.sim.drive.AssetsClient;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.drive.ControlServer;
import io.yiwang.sim.drive.ControlServer.Health;
import io.yiwang.sim.drive.ControlServer.Part;
import io.yiwang.sim.drive.Fleet;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.RandomFaults;
import io.yiwang.sim.fault.Scenarios;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.fault.TruthTopic;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.signal.Signals;
import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sim run}: registers the demo city and lets its devices live until the program is stopped. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Registers the demo city and lets its devices live until stopped.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final DateTimeFormatter RUN =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Option(names = "--api", defaultValue = "http://127.0.0.1:8080", description = "dashboard (${DEFAULT-VALUE})")
    private URI api = URI.create("http://127.0.0.1:8080");

    @Option(names = "--admin-password-file", description = "password of admin (DIR/admin-password)")
    private @Nullable Path adminPasswordFile;

    @Option(names = "--mqtt", defaultValue = "tcp://127.0.0.1:1883", description = "broker (${DEFAULT-VALUE})")
    private String mqtt = "tcp://127.0.0.1:1883";

    @Option(
            names = "--mqtt-ca",
            paramLabel = "FILE",
            description = "PEM file with the authorities of the broker's certificate, for ssl:// addresses")
    private @Nullable Path mqttCa;

    @Option(names = "--data", defaultValue = "var", description = "data folder (${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Option(names = "--facilities", defaultValue = "60", description = "size of the city (${DEFAULT-VALUE})")
    private int facilities = 60;

    @Option(names = "--seed", defaultValue = "1", description = "which city it is (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--pace",
            converter = EnumWords.OfPace.class,
            defaultValue = "demo",
            description = "demo = every 5 to 15 s, natural = as the packs say (${DEFAULT-VALUE})")
    private ReportingPace reportingPace = ReportingPace.DEMO;

    @Option(names = "--domains", paramLabel = "FOLDER", description = "folder with further domain packs (*.yaml)")
    private @Nullable Path domains;

    @Option(names = "--health-port", defaultValue = "0", description = "control and health, loopback; 0 = chosen")
    private int healthPort;

    @Option(names = "--zone", defaultValue = "Asia/Shanghai", description = "where the city lives (${DEFAULT-VALUE})")
    private ZoneId zone = ZoneId.of("Asia/Shanghai");

    @Mixin
    private ClockOption cityClock = new ClockOption();

    @Option(names = "--kafka", paramLabel = "HOSTS", description = "also write the truth to the topic 'truth' there")
    private @Nullable String kafka;

    @Option(
            names = "--fault-rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "faults that happen by themselves, per facility and day (${DEFAULT-VALUE})")
    private double faultRate;

    @Option(
            names = "--longest-rise",
            paramLabel = "PACE",
            defaultValue = "demo",
            description =
                    "how slowly faults may grow: natural, demo (30 s) or a duration; scenarios say it themselves (${DEFAULT-VALUE})")
    private String longestRise = "demo";

    @Spec
    private @Nullable CommandSpec spec;

    private volatile boolean registered;

    @Override
    public Integer call() throws Exception {
        var passwordFile = adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile;
        var broker = broker();
        if (facilities < 1 || facilities > CityGenerator.MOST_FACILITIES) {
            throw wrong("--facilities is 1 to " + CityGenerator.MOST_FACILITIES + ", not " + facilities);
        }
        var packs = packs();
        LOG.info(
                "sim run: api={} admin-password-file={} mqtt={} data={} facilities={} seed={} pace={} domains={} health-port={} zone={}",
                api,
                passwordFile,
                mqtt,
                data.toAbsolutePath(),
                facilities,
                seed,
                reportingPace,
                domains,
                healthPort,
                zone);
        var clock = cityClock.clock();
        var keys = DeviceKeys.in(data);
        var city = new CityGenerator(packs, seed, keys, reportingPace).generate(facilities);
        var truthTopic = kafka == null ? null : TruthTopic.at(kafka);
        var truth = truthTopic == null ? new Truth(data) : new Truth(data, truthTopic);
        var faults = new Faults(
                packs, new Signals(packs, city.facilities(), seed, zone), city.facilities(), truth, pace(), seed);
        var scenarios = new Scenarios(faults, city.facilities(), seed);
        var random = random(faults);
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var here = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.countDown();
                            if (!registered) {
                                here.interrupt();
                            }
                            try {
                                stopped.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop"));
        try (var ledger = Ledger.open(Ledger.folderOf(data), "sim-" + RUN.format(clock.instant()));
                var fleet = new Fleet(
                        city.facilities(),
                        keys,
                        packs,
                        faults,
                        millis -> {
                            scenarios.advance(millis);
                            random.advance(millis);
                        },
                        broker,
                        ledger,
                        clock,
                        clock.speed());
                var control = new ControlServer(
                        healthPort,
                        faults,
                        scenarios,
                        truth,
                        () -> health(
                                fleet,
                                faults,
                                truthTopic,
                                clock,
                                city.facilities().size()),
                        clock)) {
            LOG.info("control and health at http://127.0.0.1:{}", control.port());
            new AssetsClient(api, passwordFile).register(city);
            registered = true;
            fleet.start();
            LOG.info("{} devices of {} facilities live", fleet.devices(), facilities);
            stop.await();
        } catch (InterruptedException e) {
            LOG.info("stopped while waiting for the dashboard");
        } catch (AssetsClient.NotAccepted e) {
            LOG.error("{}", e.getMessage());
            stopped.countDown();
            return 1;
        } finally {
            faults.end(clock.millis());
            if (truthTopic != null) {
                truthTopic.close();
            }
            stopped.countDown();
        }
        LOG.info("stopped");
        return 0;
    }

    private DomainPacks packs() {
        try {
            return Packs.in(domains);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private Pace pace() {
        try {
            return Pace.parse(longestRise);
        } catch (IllegalArgumentException e) {
            throw wrong("--longest-rise: " + e.getMessage());
        }
    }

    private RandomFaults random(Faults faults) {
        try {
            return new RandomFaults(faults, faults.facilities(), faultRate, seed);
        } catch (IllegalArgumentException e) {
            throw wrong("--fault-rate: " + e.getMessage());
        }
    }

    private BrokerAddress broker() {
        try {
            return BrokerAddress.parse(mqtt, mqttCa);
        } catch (IllegalArgumentException e) {
            throw wrong("--mqtt: " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private Health health(Fleet fleet, Faults faults, @Nullable TruthTopic truthTopic, CityClock clock, int size) {
        var connected = fleet.connected();
        var all = fleet.devices();
        var parts = new LinkedHashMap<String, Part>();
        parts.put(
                "registration",
                registered
                        ? new Part("UP", size + " facilities registered")
                        : new Part("DOWN", "waiting for the dashboard at " + api));
        var mqttState = connected == all ? "UP" : connected > 0 ? "DEGRADED" : "DOWN";
        parts.put("mqtt", new Part(mqttState, connected + " of " + all + " devices connected to " + mqtt));
        parts.put(
                "reading",
                fleet.isBehind()
                        ? new Part(
                                "DEGRADED",
                                "this machine cannot keep up with the city's clock: readings are taken "
                                        + fleet.behind().toSeconds() + " s late, none is left out")
                        : new Part("UP", "on time"));
        var numbers = new LinkedHashMap<String, Object>();
        if (truthTopic != null) {
            var why = truthTopic.trouble();
            parts.put(
                    "truth",
                    why.isEmpty()
                            ? new Part("UP", "on topic truth")
                            : new Part("DEGRADED", truthTopic.waiting() + " records wait for Kafka: " + why));
            numbers.put("truthWaiting", truthTopic.waiting());
            numbers.put("truthLeftOut", truthTopic.leftOut());
        }
        numbers.put("facilities", size);
        numbers.put("devices", all);
        numbers.put("connected", connected);
        numbers.put("faults", faults.active(clock.millis()));
        numbers.putAll(fleet.counts());
        var state = mqttState.equals("UP") && fleet.isBehind() ? "DEGRADED" : mqttState;
        return new Health(registered ? state : "DOWN", Map.copyOf(parts), numbers);
    }
}
