package io.yiwang.launcher;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The whole city on real parts, started through {@code ./yiwang up}, seen through a real browser. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SpineIT {
    @TempDir
    static Path dir;

    private static TestingCity city;
    private static TestingBrowser browser;

    @BeforeAll
    static void start() throws IOException {
        city = TestingCity.up(dir.resolve("var"));
        browser = TestingBrowser.open();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (browser != null) {
            browser.close();
        }
        if (city != null) {
            city.close();
            assertThat(TestingCity.processesOn(dir)).isEmpty();
        }
    }

    @Test
    @Order(1)
    void aPersonSeesValuesChange() throws Exception {
        try (var context = browser.person()) {
            var page = TestingBrowser.login(context, city);
            assertThat(page.getByTestId("overview")).isVisible();
            for (var domain : List.of(
                    "gas",
                    "water_supply",
                    "sewage",
                    "heating",
                    "waste",
                    "property",
                    "black_odorous_water",
                    "construction_dust",
                    "rural_waste",
                    "rural_sewage")) {
                assertThat(page.getByTestId("domain-tile-" + domain)).isVisible();
            }
            var facility = city.firstFacility("gas", "regulator_station");
            page.navigate(city.dashboard() + "/facilities/" + facility);
            var value = page.getByTestId(Pattern.compile("^point-value-.*\\.gas_flow_std$"))
                    .first();
            assertThat(value).hasText(Pattern.compile(".*\\d.*"), TestingBrowser.text());
            var before = value.innerText();
            assertThat(value).not().hasText(before, TestingBrowser.text());
        }
    }

    @Test
    @Order(2)
    void aGasLeakIsShownWithItsEvidenceAndAnAcknowledgementIsSeenByEveryone() throws Exception {
        var facility = city.firstFacility("gas", "regulator_station");
        try (var first = browser.person();
                var second = browser.person()) {
            var here = TestingBrowser.login(first, city);
            here.navigate(city.dashboard() + "/alarms");
            var there = TestingBrowser.login(second, city);
            there.navigate(city.dashboard() + "/alarms");

            var fault =
                    city.yiwang("fault", "gas_station_leak", "--facility", facility, "--severity", "1", "--for", "10m");
            assertThat(fault.code()).as(fault::output).isZero();

            var alarm = city.awaitAlarm(facility, "gas_station_leak_lel.hh");
            // A leak so strong is an incident, and the alarms of its points are shown under it.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !city.get("/api/alarms/" + alarm)
                            .path("incident")
                            .asString("")
                            .isEmpty());
            var incident = city.get("/api/alarms/" + alarm).path("incident").asString("");
            var row = "[data-testid=alarm-row][data-id='" + incident + "']";
            assertThat(here.locator(row)).isVisible(TestingBrowser.visible());
            here.locator(row).click();
            assertThat(here.locator("[data-testid=incident-member][data-id='" + alarm + "']"))
                    .isVisible(TestingBrowser.visible());
            here.getByTestId("ack-button").click();

            assertThat(there.locator(row)).hasAttribute("data-state", "acked", TestingBrowser.attribute());
            assertThat(here.locator(row)).hasAttribute("data-state", "acked", TestingBrowser.attribute());

            here.navigate(city.dashboard() + "/alarms/" + alarm);
            var evidence = here.getByTestId("alarm-evidence");
            assertThat(evidence).isVisible(TestingBrowser.visible());
            assertThat(evidence).containsText("%LEL");
        }
    }

    @Test
    @Order(3)
    void ratesAreComputedFromFacilityToCity() {
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> {
                    for (var code : List.of("facility_operating_rate", "data_completeness")) {
                        var rates = city.get("/api/rates?scope=city&code=" + code + "&period=minute");
                        assertThat(rates).as(code).isNotEmpty();
                    }
                });
    }

    @Test
    @Order(4)
    void historyIsStored() throws Exception {
        var facility = city.firstFacility("gas", "regulator_station");
        var point = facility + "-rtu.gas_flow_std";
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(city.get("/api/history?point=" + point + "&every=raw")
                                .path("rows"))
                        .hasSizeGreaterThan(2));
    }

    @Test
    @Order(5)
    void aFirstDeviceIsConnectedAsTheDocumentSays() throws Exception {
        var document = Files.readString(TestingCity.HOME.resolve("docs/first-device.md"));
        var script = document.substring(
                document.indexOf("```sh\n") + 6, document.indexOf("\n```", document.indexOf("```sh") + 6));
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
        builder.environment().put("DASHBOARD", city.dashboard());
        builder.environment().put("MQTT_PORT", String.valueOf(city.mqttPort()));
        builder.environment().put("ADMIN", city.password());
        var answer = TestingCity.run(builder);
        assertThat(answer.code()).as(answer::output).isZero();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(city.get("/api/points/gas-001-leak1.gas_station_leak_lel")
                                .path("latest")
                                .path("value")
                                .asDouble())
                        .isEqualTo(1.5));
    }

    @Test
    @Order(6)
    void theLedgerBalancesOverTwoHundredThousandMessagesWithTheDoorKilledInTheMiddle() throws Exception {
        var killer = new Thread(() -> {
            long before = city.part("ingest").pid();
            await().atMost(Duration.ofMinutes(2)).until(() -> ledgerBytes() > 2_000_000);
            ProcessHandle.of(before).ifPresent(ProcessHandle::destroyForcibly);
        });
        killer.start();
        var load = city.yiwang(
                "load", "--devices", "400", "--rate", "2500", "--duration", "80s", "--values", "3", "--json");
        killer.join();
        assertThat(load.output()).as("load").contains("\"sent\"");
        assertThat(city.part("ingest").lastError()).isEqualTo("ended by signal 9");
        var audit = city.yiwang("audit", "--wait", "180s");
        assertThat(audit.code()).as(() -> load.output() + "\n" + audit.output()).isZero();
        System.out.println(audit.output());
    }

    @Test
    @Order(7)
    void afterAKillOfEverythingTheCityGoesOnFromItsCheckpoints() throws Exception {
        var open = ids(city.get("/api/alarms?state=open"));
        await().atMost(Duration.ofSeconds(60)).until(() -> hasCheckpoint("detect"));
        city.killAll();
        city.close();
        city = TestingCity.up(dir.resolve("var"));
        assertThat(city.yiwang("logs", "detect").output()).contains("/detect/");
        assertThat(ids(city.get("/api/alarms?state=all&limit=500"))).containsAll(open);
        try (var context = browser.person()) {
            assertThat(TestingBrowser.login(context, city).getByTestId("overview"))
                    .isVisible();
        }
    }

    private static long ledgerBytes() throws IOException {
        var folder = dir.resolve("var/ledger");
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }

    private static boolean hasCheckpoint(String job) throws IOException {
        try (var files = Files.walk(dir.resolve("var/checkpoints/" + job))) {
            return files.anyMatch(f -> f.getFileName().toString().equals("_metadata"));
        }
    }

    private static List<String> ids(tools.jackson.databind.JsonNode alarms) {
        var ids = new ArrayList<String>();
        alarms.forEach(a -> ids.add(a.path("id").asString()));
        return ids;
    }
}
