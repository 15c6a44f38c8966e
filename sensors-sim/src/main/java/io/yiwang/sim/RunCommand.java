package io.yiwang.sim;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.drive.AssetsClient;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.drive.ControlServer;
import io.yiwang.sim.drive.ControlServer.Health;
import io.yiwang.sim.drive.ControlServer.Part;
import io.yiwang.sim.drive.Fleet;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.signal.Signals;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
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

    @Option(names = "--data", defaultValue = "var", description = "data folder (${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Option(names = "--facilities", defaultValue = "60", description = "size of the city (${DEFAULT-VALUE})")
    private int facilities = 60;

    @Option(names = "--seed", defaultValue = "1", description = "which city it is (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--health-port", defaultValue = "0", description = "control and health, loopback; 0 = chosen")
    private int healthPort;

    @Option(names = "--zone", defaultValue = "Asia/Shanghai", description = "where the city lives (${DEFAULT-VALUE})")
    private ZoneId zone = ZoneId.of("Asia/Shanghai");

    @Spec
    private @Nullable CommandSpec spec;

    private volatile boolean registered;

    @Override
    public Integer call() throws Exception {
        var passwordFile = adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile;
        var broker = broker();
        if (facilities < 1 || facilities > 100_000) {
            throw wrong("--facilities is 1 to 100000, not " + facilities);
        }
        LOG.info(
                "sim run: api={} admin-password-file={} mqtt={} data={} facilities={} seed={} health-port={} zone={}",
                api,
                passwordFile,
                mqtt,
                data.toAbsolutePath(),
                facilities,
                seed,
                healthPort,
                zone);
        var clock = InstantSource.system();
        var packs = DomainPacks.bundled();
        var keys = DeviceKeys.in(data);
        var city = new CityGenerator(packs, seed, keys).generate(facilities);
        var truth = new Truth(data);
        var faults = new Faults(packs, new Signals(packs, seed, zone), city.facilities(), truth);
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
                var fleet = new Fleet(city.facilities(), keys, faults, broker, ledger, clock);
                var control = new ControlServer(
                        healthPort,
                        faults,
                        truth,
                        () -> health(fleet, faults, clock, city.facilities().size()),
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
            truth.end(clock.instant());
            stopped.countDown();
        }
        LOG.info("stopped");
        return 0;
    }

    private BrokerAddress broker() {
        try {
            return BrokerAddress.parse(mqtt);
        } catch (IllegalArgumentException e) {
            throw wrong("--mqtt: " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private Health health(Fleet fleet, Faults faults, InstantSource clock, int size) {
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
        var numbers = new LinkedHashMap<String, Object>();
        numbers.put("facilities", size);
        numbers.put("devices", all);
        numbers.put("connected", connected);
        numbers.put("faults", faults.active(clock.millis()));
        numbers.putAll(fleet.counts());
        return new Health(registered ? mqttState : "DOWN", Map.copyOf(parts), numbers);
    }
}
