package io.yiwang.launcher;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real headless Chromium that looks at a {@link TestingCity}. */
final class TestingBrowser implements AutoCloseable {
    private static final double PATIENCE_MILLIS = 90_000;

    private final Playwright playwright;
    private final Browser browser;

    private TestingBrowser(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    static TestingBrowser open() {
        var playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var browser = playwright
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
        return new TestingBrowser(playwright, browser);
    }

    /** Someone at a desk of their own, in English. */
    BrowserContext person() {
        return browser.newContext(new Browser.NewContextOptions()
                .setLocale("en-US")
                .setTimezoneId("Asia/Shanghai")
                .setViewportSize(1600, 900));
    }

    /** The overview, signed in as the first administrator. */
    static Page login(BrowserContext person, TestingCity city) throws IOException {
        var page = person.newPage();
        page.navigate(city.dashboard() + "/");
        page.getByTestId("login-user").fill("admin");
        page.getByTestId("login-password").fill(city.password());
        page.getByTestId("login-submit").click();
        assertThat(page.getByTestId("overview")).isVisible(visible());
        return page;
    }

    static LocatorAssertions.HasTextOptions text() {
        return new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MILLIS);
    }

    static LocatorAssertions.IsVisibleOptions visible() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS);
    }

    static LocatorAssertions.HasAttributeOptions attribute() {
        return new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE_MILLIS);
    }

    @Override
    public void close() {
        playwright.close();
    }
}
