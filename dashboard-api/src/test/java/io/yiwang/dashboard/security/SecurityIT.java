package io.yiwang.dashboard.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.DashboardIT;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecurityIT extends DashboardIT {

    @Test
    void theFirstAdminsPasswordIsReadableByItsOwnerOnlyAndOpensEveryDoor() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ADMIN_PASSWORD)))
                .isEqualTo("rw-------");
        var session = get("/api/session");
        assertThat(session.statusCode()).isEqualTo(200);
        assertThat(json(session).at("/user/roles").values())
                .extracting(role -> role.asString())
                .containsExactly("viewer", "duty", "chief", "engineer", "admin");
    }

    @Test
    void withoutLoginOnlyHealthAndPagesAnswer() {
        assertThat(anonymous("/api/audit").statusCode()).isEqualTo(401);
        assertThat(json(anonymous("/api/audit")).get("code").asString()).isEqualTo("NOT_SIGNED_IN");
        assertThat(anonymous("/api/audit").headers().firstValue("WWW-Authenticate"))
                .isEmpty();
        assertThat(anonymous("/api/nothing").statusCode()).isEqualTo(401);
        assertThat(anonymous("/ws/live").statusCode()).isEqualTo(401);
    }

    @Test
    void aBrowserSessionNeedsItsCsrfTokenForChangesAndEndsWhenSignedOut() throws IOException {
        var signIn = signIn("admin", Files.readString(ADMIN_PASSWORD).strip());
        assertThat(signIn.statusCode()).isEqualTo(200);
        var cookies = signIn.headers().allValues("Set-Cookie");
        assertThat(cookies)
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("SESSION=")
                        .containsIgnoringCase("HttpOnly")
                        .containsIgnoringCase("SameSite=Strict"));
        var session = value(cookies, "SESSION");
        var token = value(cookies, "XSRF-TOKEN");
        var cookie = "SESSION=" + session + "; XSRF-TOKEN=" + token;

        assertThat(send(with(cookie, "/api/session").GET()).statusCode()).isEqualTo(200);
        var without = send(with(cookie, "/api/session").DELETE());
        assertThat(without.statusCode()).isEqualTo(403);
        assertThat(json(without).get("code").asString()).isEqualTo("CSRF");
        assertThat(send(with(cookie, "/api/session")
                                .header("X-XSRF-TOKEN", token)
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);
        assertThat(send(with(cookie, "/api/session").GET()).statusCode()).isEqualTo(401);
    }

    @Test
    void rolesLimitWhatAUserMayDoAndAChangedAccountEndsItsSessions() {
        var user = Map.of("id", "officer", "name", "值班员", "password", "a-long-password", "roles", List.of("duty"));
        assertThat(post("/api/users", user).statusCode()).isEqualTo(200);
        var officer = basic("officer", "a-long-password");
        assertThat(post("/api/users", user, officer).statusCode()).isEqualTo(403);
        assertThat(post("/api/assets", "{}", officer).statusCode()).isEqualTo(403);
        assertThat(post("/api/unheard-of", "{}", officer).statusCode()).isEqualTo(403);

        var cookie = "SESSION="
                + value(signIn("officer", "a-long-password").headers().allValues("Set-Cookie"), "SESSION");
        assertThat(send(with(cookie, "/api/session")).statusCode()).isEqualTo(200);
        post("/api/users", Map.of("id", "officer", "roles", List.of("viewer")));
        assertThat(send(with(cookie, "/api/session")).statusCode()).isEqualTo(401);
    }

    @Test
    void theLastAdminStays() {
        var answer = post("/api/users", Map.of("id", "admin", "roles", List.of("viewer")));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).get("code").asString()).isEqualTo("LAST_ADMIN");
    }

    @Test
    void wrongPasswordsSlowOneAccountDownAndNobodyElse() {
        for (int i = 0; i < 5; i++) {
            assertThat(signIn("somebody", "wrong-" + i).statusCode()).isEqualTo(401);
        }
        var slowed = signIn("somebody", "wrong");
        assertThat(slowed.statusCode()).isEqualTo(429);
        assertThat(slowed.headers().firstValue("Retry-After")).isPresent();
        assertThat(get("/api/session").statusCode()).isEqualTo(200);
    }

    @Test
    void answersCarryTheHeadersThatProtectABrowser() {
        var headers = get("/api/session").headers();
        assertThat(headers.firstValue("Cache-Control").orElseThrow()).contains("no-store");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(headers.firstValue("Referrer-Policy")).contains("same-origin");
    }

    @Test
    void aBodyThatIsTooLongIsRefusedUnread() {
        var answer = send(HttpRequest.newBuilder(address("/api/session"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[2 << 20])));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(json(answer).get("code").asString()).isEqualTo("TOO_LARGE");
    }

    private HttpResponse<String> anonymous(String path) {
        return send(HttpRequest.newBuilder(address(path)));
    }

    private HttpRequest.Builder with(String cookie, String path) {
        return HttpRequest.newBuilder(address(path)).header("Cookie", cookie);
    }

    private HttpResponse<String> signIn(String user, String password) {
        return send(HttpRequest.newBuilder(address("/api/session"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("user", user, "password", password)))));
    }

    private static String value(List<String> cookies, String name) {
        return cookies.stream()
                .filter(cookie -> cookie.startsWith(name + "=") && !cookie.startsWith(name + "=;"))
                .reduce((first, second) -> second)
                .map(cookie -> cookie.substring(name.length() + 1, cookie.indexOf(';')))
                .orElseThrow();
    }
}
