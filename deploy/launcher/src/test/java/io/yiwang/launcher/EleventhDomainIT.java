package io.yiwang.launcher;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An eleventh domain is a file: the example of the manual goes from the simulator to the browser, and no Java knows of bridges. */
class EleventhDomainIT {
    @TempDir
    static Path dir;

    @Test
    void bridgesAreSimulatedJudgedCountedAndShown() throws Exception {
        var folder = TestingCity.HOME.resolve("docs/examples/domains").toString();
        try (var city = TestingCity.up(dir.resolve("var"), "--domains", folder);
                var browser = TestingBrowser.open();
                var person = browser.person()) {
            var bridge = city.firstFacility("bridge", "girder_bridge");
            var page = TestingBrowser.login(person, city);
            var tile = page.getByTestId("domain-tile-bridge");
            assertThat(tile).isVisible(TestingBrowser.visible());
            assertThat(tile).containsText("Bridges");

            page.navigate(city.dashboard() + "/facilities/" + bridge);
            var value = page.getByTestId(Pattern.compile("^point-value-.*\\.br_deflection$"))
                    .first();
            assertThat(value).hasText(Pattern.compile(".*\\d.*"), TestingBrowser.text());
            var before = value.innerText();
            assertThat(value).not().hasText(before, TestingBrowser.text());

            var fault = city.yiwang("fault", "br_pier_scour", "--facility", bridge, "--severity", "1", "--for", "10m");
            assertThat(fault.code()).as(fault::output).isZero();
            var alarm = city.awaitAlarm(bridge, "br_deflection.hh");
            page.navigate(city.dashboard() + "/alarms/" + alarm);
            assertThat(page.getByTestId("alarm-evidence")).isVisible(TestingBrowser.visible());
            assertThat(page.getByTestId("alarm-evidence")).containsText("mm");
            assertThat(page.getByTestId("alarm-procedure")).containsText("Send the inspectors");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "eleventh-domain.png")));

            await().atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> {
                        assertThat(city.get("/api/rates?scope=city:bridge&code=facility_operating_rate&period=minute"))
                                .isNotEmpty();
                        assertThat(city.get("/api/history?point=" + bridge + "-logger.br_deflection&every=raw")
                                        .path("rows"))
                                .hasSizeGreaterThan(2);
                    });
        }
        assertThat(TestingCity.processesOn(dir)).isEmpty();
    }
}
