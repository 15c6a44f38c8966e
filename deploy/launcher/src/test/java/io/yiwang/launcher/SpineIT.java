package io.yiwang.launcher;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private static final double PATIENCE_MILLIS = 90_000;

    @TempDir
    static Path dir;

    private static TestingCity city;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        city = TestingCity.up(dir.resolve("var"));
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of("/usr/bin/chromium"))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run")));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (playwright != null) {
            playwright.close();
        }
        if (city != null) {
            city.close();
            assertThat(TestingCity.processesOn(dir)).isEmpty();
        }
    }

    @Test
    @Order(1)
    void aPersonSeesValuesChange() throws Exception {
        try (var context = newContext()) {
            var page = login(context);
            assertThat(page.getByTestId("overview")).isVisible();
            for (var domain : List.of("gas", "water_supply", "sewage", "heating", "waste")) {
                assertThat(page.getByTestId("domain-tile-" + domain)).isVisible();
            }
            var facility = firstFacility("gas", "regulator_station");
            page.navigate(city.dashboard() + "/facilities/" + facility);
            var value = page.getByTestId(Pattern.compile("^point-value-.*\\.gas_flow_std$"))
                    .first();
            assertThat(value).hasText(Pattern.compile(".*\\d.*"), patience());
            var before = value.innerText();
            assertThat(value).not().hasText(before, patience());
        }
    }

    @Test
    @Order(2)
    void aGasLeakIsShownWithItsEvidenceAndAnAcknowledgementIsSeenByEveryone() throws Exception {
        var facility = firstFacility("gas", "regulator_station");
        try (var first = newContext();
                var second = newContext()) {
            var here = login(first);
            here.navigate(city.dashboard() + "/alarms");
            var there = login(second);
            there.navigate(city.dashboard() + "/alarms");

            var fault =
                    city.yiwang("fault", "gas_station_leak", "--facility", facility, "--severity", "1", "--for", "10m");
            assertThat(fault.code()).as(fault::output).isZero();

            var alarm = awaitAlarm(facility, "gas_station_leak_lel.hh");
            var row = "[data-testid=alarm-row][data-id='" + alarm + "']";
            assertThat(here.locator(row)).isVisible(visiblePatience());
            here.locator(row).click();
            var evidence = here.getByTestId("alarm-evidence");
            assertThat(evidence).isVisible(visiblePatience());
            assertThat(evidence).containsText("%LEL");
            here.getByTestId("ack-button").click();

            assertThat(there.locator(row)).hasAttribute("data-state", "acked", attributePatience());
            assertThat(here.locator(row)).hasAttribute("data-state", "acked", attributePatience());
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
        var facility = firstFacility("gas", "regulator_station");
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
        try (var context = newContext()) {
            assertThat(login(context).getByTestId("overview")).isVisible();
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

    private static String firstFacility(String domain, String type) throws IOException, InterruptedException {
        for (var facility : city.get("/api/facilities?domain=" + domain + "&limit=500")) {
            if (facility.path("type").asString().equals(type)) {
                return facility.path("id").asString();
            }
        }
        throw new AssertionError("the demo city has no " + type);
    }

    private static String awaitAlarm(String facility, String rule) {
        var found = new String[1];
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    for (var alarm : city.get("/api/alarms?state=open&facility=" + facility)) {
                        if (alarm.path("rule").asString().equals(rule)) {
                            found[0] = alarm.path("id").asString();
                        }
                    }
                    return found[0] != null;
                });
        return found[0];
    }

    private static BrowserContext newContext() {
        return browser.newContext(new Browser.NewContextOptions()
                .setLocale("en-US")
                .setTimezoneId("Asia/Shanghai")
                .setViewportSize(1600, 900));
    }

    private static Page login(BrowserContext context) throws IOException {
        var page = context.newPage();
        page.navigate(city.dashboard() + "/");
        page.getByTestId("login-user").fill("admin");
        page.getByTestId("login-password").fill(city.password());
        page.getByTestId("login-submit").click();
        assertThat(page.getByTestId("overview")).isVisible(visiblePatience());
        return page;
    }

    private static LocatorAssertions.HasTextOptions patience() {
        return new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MILLIS);
    }

    private static LocatorAssertions.IsVisibleOptions visiblePatience() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS);
    }

    private static LocatorAssertions.HasAttributeOptions attributePatience() {
        return new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE_MILLIS);
    }
}
