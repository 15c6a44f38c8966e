package io.yiwang.dashboard;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The program behind the dashboard: REST, live websocket, alarms, notifications and the pages themselves. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class DashboardMain {

    public static void main(String[] args) {
        refuseUnknownOptions(args);
        new SpringApplication(DashboardMain.class).run(args);
    }

    /** The one clock of the program; tests give another. */
    @Bean
    static InstantSource clock() {
        return InstantSource.system();
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
