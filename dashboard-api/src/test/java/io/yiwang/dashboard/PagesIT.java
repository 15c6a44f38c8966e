package io.yiwang.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesIT extends DashboardIT {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/domains/gas", "/facilities/f-1", "/alarms", "/index.html"})
    void everyPlaceIsTheOnePageAndIsAskedForAgain(String path) {
        var answer = anonymous(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("the one page");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache");
    }

    @Test
    void aFileNamedByItsContentIsKeptForEver() {
        var answer = anonymous("/assets/page-0a1b2c3d.js");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control").orElseThrow())
                .contains("max-age=31536000", "immutable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/missing.js", "/favicon.ico", "/../application.yaml", "/%2e%2e/application.yaml"})
    void whatIsNotThereIsNotThePage(String path) {
        assertThat(anonymous(path).statusCode()).isIn(400, 404);
    }

    @Test
    void anUnknownAddressOfTheInterfaceIsAProblemNotAPage() {
        var answer = get("/api/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(json(answer).get("code").asString()).isEqualTo("NOT_FOUND");
    }

    private HttpResponse<String> anonymous(String path) {
        return send(HttpRequest.newBuilder(address(path)));
    }
}
