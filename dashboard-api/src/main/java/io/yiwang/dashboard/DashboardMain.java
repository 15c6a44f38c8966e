package io.yiwang.dashboard;

import io.yiwang.model.clock.CityClock;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The program behind the dashboard: REST, live websocket, alarms, notifications and the pages themselves. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class DashboardMain {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardMain.class);

    public static void main(String[] args) {
        refuseUnknownOptions(args);
        new SpringApplication(DashboardMain.class).run(args);
    }

    /** Says once what it runs with; secrets mask themselves. */
    @Bean
    static ApplicationRunner effectiveSettings(DashboardSettings settings) {
        return arguments -> LOG.info("{}", settings);
    }

    /** The people's clock: sessions, duty, notifications and the state of the parts; tests give another. */
    @Bean
    @Primary
    static InstantSource clock() {
        return InstantSource.system();
    }

    /** The city's clock: readings, alarms and rates. */
    @Bean
    static CityClock cityClock(DashboardSettings settings, InstantSource clock) {
        var asked = settings.clock();
        return (asked.isEmpty() ? CityClock.wallClock() : CityClock.of(asked)).beside(clock);
    }

    /** Version of the product, {@code dev} when it does not run from its jar. */
    public static String version() {
        var version = DashboardMain.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Spring would silently keep an option that nobody reads; a typing error should be seen. */
    private static void refuseUnknownOptions(String[] args) {
        var known = List.of("--spring.", "--server.", "--yiwang.", "--logging.", "--debug", "--springdoc.");
        Arrays.stream(args)
                .filter(arg -> known.stream().noneMatch(arg::startsWith))
                .findFirst()
                .ifPresent(arg -> {
                    System.err.println("dashboard: unknown option " + arg
                            + "; options are --spring.…, --server.…, --logging.… and --yiwang.…");
                    System.exit(2);
                });
    }
}
