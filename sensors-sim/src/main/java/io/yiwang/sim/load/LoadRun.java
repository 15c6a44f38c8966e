package io.yiwang.sim.load;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.ledger.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A load run with its devices registered and connected, ready to start. Closing it takes the devices out again. */
public final class LoadRun implements AutoCloseable {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(120);

    private final String name;
    private final LoadShape shape;
    private final LoadCity city;
    private final Ledger ledger;
    private final LoadGenerator generator;
    private final @Nullable AssetClient assets;
    private final boolean keep;
    private final PrintWriter progress;

    /**
     * @param schedule of the messages of all devices
     * @param disturbances of their connections
     * @param values per message
     * @param alarmsPerSecond to raise; 0 = none
     * @param api the dashboard; null = the broker takes everyone and nothing is registered
     * @param keep leave the devices registered afterwards
     */
    public record Settings(
            Schedule schedule,
            Disturbances disturbances,
            int values,
            double alarmsPerSecond,
            @Nullable URI api,
            @Nullable Path adminPasswordFile,
            BrokerAddress mqtt,
            Path data,
            boolean keep) {}

    private LoadRun(
            String name,
            LoadShape shape,
            LoadCity city,
            Ledger ledger,
            LoadGenerator generator,
            @Nullable AssetClient assets,
            boolean keep,
            PrintWriter progress) {
        this.progress = progress;
        this.name = name;
        this.shape = shape;
        this.city = city;
        this.ledger = ledger;
        this.generator = generator;
        this.assets = assets;
        this.keep = keep;
    }

    /**
     * Registers and connects the devices.
     *
     * @param progress gets a line per step
     * @throws LoadFailure with the reason when that is not possible
     */
    public static LoadRun prepare(Settings settings, LoadListener listener, PrintWriter progress) {
        var shape = LoadShape.choose(DomainPacks.bundled(), settings.values);
        var assets = settings.api == null ? null : new AssetClient(settings.api, "admin", password(settings));
        var districts = assets == null ? List.<LoadCity.District>of() : assets.districts();
        var schedule = settings.schedule;
        int periodSeconds = (int) Math.max(1, Math.round(schedule.devicePeriodNanos() / 1e9));
        var city = LoadCity.of(shape, schedule.devices(), districts, periodSeconds, new SecureRandom());
        if (assets != null) {
            progress.printf(
                    "Registering %d devices of %d facilities (%s)…%n",
                    schedule.devices(),
                    city.facilities().size(),
                    shape.type().name().en());
            assets.register(city);
        }
        var name = "load-" + STAMP.format(Instant.now());
        var ledger = Ledger.open(Ledger.folderOf(settings.data), name);
        var generator = new LoadGenerator(
                settings.mqtt,
                city.devices(),
                LoadCity.DEVICES_PER_FACILITY,
                shape,
                schedule,
                settings.alarmsPerSecond,
                settings.disturbances,
                Long.toString(System.currentTimeMillis(), Character.MAX_RADIX),
                ledger,
                listener);
        var run = new LoadRun(name, shape, city, ledger, generator, assets, settings.keep, progress);
        try {
            progress.printf("Connecting to %s…%n", settings.mqtt);
            generator.connect(CONNECT_PATIENCE).join();
            return run;
        } catch (CompletionException e) {
            run.close();
            throw e.getCause() instanceof LoadFailure failure ? failure : new LoadFailure(e.getMessage(), e);
        }
    }

    private static String password(Settings settings) {
        if (settings.adminPasswordFile == null) {
            throw new LoadFailure("--api needs --admin-password-file");
        }
        try {
            return Files.readString(settings.adminPasswordFile).strip();
        } catch (IOException e) {
            throw new LoadFailure("cannot read the password file " + settings.adminPasswordFile, e);
        }
    }

    /** Its name in the ledger. */
    public String name() {
        return name;
    }

    public LoadShape shape() {
        return shape;
    }

    public LoadCity city() {
        return city;
    }

    /** Tells the dashboard that its load alarms were seen; those it no longer has are left out. Zero without a dashboard. */
    public int acknowledgeAlarms(Iterable<String> alarmIds) {
        int done = 0;
        for (var id : alarmIds) {
            if (assets != null && assets.acknowledge(id)) {
                done++;
            }
        }
        return done;
    }

    /** What the dashboard says of the pipeline, {@code GET /api/pipeline}; null without a dashboard. */
    public @Nullable JsonNode pipeline() {
        return assets == null ? null : assets.json("GET", "/api/pipeline", null);
    }

    public LoadGenerator generator() {
        return generator;
    }

    @Override
    public void close() {
        generator.close();
        ledger.close();
        if (assets != null && !keep) {
            try {
                assets.remove(city);
            } catch (LoadFailure e) {
                progress.println("The load devices stay registered: " + e.getMessage());
            }
        }
    }
}
