package io.yiwang.dashboard.notify;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.TestingClock;
import io.yiwang.dashboard.duty.DutyRoster;
import io.yiwang.dashboard.duty.Person;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The outbox on a real database, with a clock that the test moves and receivers that fail as the test wants. */
class OutboxIT extends DashboardIT {
    private static final String SECRET = "a-secret-of-this-test";
    private static final WireMockServer HOOK = new WireMockServer(options().dynamicPort());

    static {
        HOOK.start();
    }

    private final String alarm = UUID.randomUUID().toString().substring(0, 16);
    private final TestingClock clock = new TestingClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    private final MessageText text = new MessageText(ZoneId.of("Asia/Shanghai"), "http://pages");
    private final WebhookChannel webhook = webhook(HOOK.baseUrl() + "/hook");

    @Autowired
    private JdbcTemplate database;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private DutyRoster roster;

    @AfterAll
    static void stop() {
        HOOK.stop();
    }

    @BeforeEach
    void start() {
        HOOK.resetAll();
        onDuty("officer", "leader");
        // What other tests left waiting is not this test's.
        database.update("UPDATE notification SET state = 'CANCELLED' WHERE state IN ('PENDING', 'SENDING')");
        database.update(
                "INSERT INTO alarm (id, facility, domain, district, rule, metric, grade, state, historic, onset, raised,"
                        + " revision, version, state_version, wire) VALUES (?, 'f1', 'gas', 'd1', 'r', 'm', 1, 'unacked',"
                        + " false, now(), now(), 1, 1, 1, '')",
                alarm);
    }

    @Test
    void twoFailuresAndASuccessAreThreeAttemptsAtOneMessage() {
        answers(
                aResponse().withStatus(500),
                aResponse().withStatus(500),
                aResponse().withStatus(200));
        announce(1);
        var dispatcher = dispatcher(webhook);
        assertThat(dispatcher.once(webhook)).isTrue();
        assertThat(dispatcher.once(webhook)).as("not before its time").isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofSeconds(2));
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofSeconds(60));
        assertThat(dispatcher.once(webhook)).isFalse();

        assertThat(state("officer")).isEqualTo("SENT");
        assertThat(attempts("officer")).containsExactly(false, false, true);
        var calls = calls();
        assertThat(calls).hasSize(3).allSatisfy(call -> {
            assertThat(call.getHeader("Idempotency-Key")).isEqualTo(calls.get(0).getHeader("Idempotency-Key"));
            assertThat(call.getHeader("X-Yiwang-Signature"))
                    .isEqualTo(WebhookSignature.of(SECRET, call.getHeader("X-Yiwang-Timestamp"), call.getBody()));
        });
    }

    @Test
    void aCrashBetweenSendingAndStoringSendsTheSameKeyAgain() {
        answers(aResponse().withStatus(200));
        announce(1);
        var dying = dispatcher(webhook);
        var claim = dying.claim("webhook");
        webhook.deliver(claim.message());

        var heir = dispatcher(webhook);
        assertThat(heir.once(webhook)).as("the lease still holds").isFalse();
        clock.advance(Dispatcher.LEASE.plusMillis(1));
        assertThat(heir.once(webhook)).isTrue();
        assertThat(calls())
                .extracting(call -> call.getHeader("Idempotency-Key"))
                .hasSize(2)
                .containsOnly(claim.message().key());
        assertThat(state("officer")).isEqualTo("SENT");
        assertThat(attempts("officer")).containsExactly(null, true);
    }

    @Test
    void announcingAgainSendsNothingNew() {
        answers(aResponse().withStatus(200));
        announce(1);
        assertThat(dispatcher(webhook).once(webhook)).isTrue();
        announce(1);
        assertThat(dispatcher(webhook).once(webhook)).isFalse();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void whatIsTakenUpFirstIsNotSent() {
        answers(aResponse().withStatus(500));
        announce(1);
        var dispatcher = dispatcher(webhook);
        dispatcher.once(webhook);
        transaction.executeWithoutResult(status -> outbox(webhook).cancel(alarm, "taken up by li"));
        clock.advance(Duration.ofMinutes(10));
        assertThat(dispatcher.once(webhook)).isFalse();
        assertThat(state("officer")).isEqualTo("CANCELLED");
        assertThat(state("leader")).isEqualTo("CANCELLED");
    }

    @Test
    void aMessageUnderWayWhenTakenUpCountsAsSent() {
        answers(aResponse().withStatus(200));
        announce(1);
        var dispatcher = dispatcher(webhook);
        var claim = dispatcher.claim("webhook");
        transaction.executeWithoutResult(status -> outbox(webhook).cancel(alarm, "taken up by li"));
        dispatcher.store(claim, webhook.deliver(claim.message()));
        assertThat(state("officer")).isEqualTo("SENT");
    }

    @Test
    void leadersAreToldWhenNobodyTookItUpInTwoMinutes() {
        answers(aResponse().withStatus(200));
        announce(1);
        var dispatcher = dispatcher(webhook);
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofSeconds(119));
        assertThat(dispatcher.once(webhook)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(dispatcher.once(webhook)).isTrue();
        assertThat(state("leader")).isEqualTo("SENT");
    }

    @Test
    void anAlarmThatComesAndGoesIsToldAtMostEveryTenMinutesAndOnlyWhileItLasts() {
        answers(aResponse().withStatus(200));
        onDuty("officer");
        announce(1);
        var dispatcher = dispatcher(webhook);
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofMinutes(4));
        again("again-3");
        assertThat(dispatcher.once(webhook)).as("told four minutes ago").isFalse();
        inTransaction(outbox -> outbox.endHeldBack(alarm));
        clock.advance(Duration.ofMinutes(5));
        again("again-5");
        clock.advance(Duration.ofSeconds(59));
        assertThat(dispatcher.once(webhook)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(dispatcher.once(webhook)).as("it lasts").isTrue();
        inTransaction(outbox -> outbox.endHeldBack(alarm));
        clock.advance(Duration.ofMinutes(11));
        again("again-7");
        assertThat(dispatcher.once(webhook)).as("told long ago").isTrue();
        assertThat(database.queryForList(
                        "SELECT step || ' ' || state FROM notification WHERE alarm = ? ORDER BY id",
                        String.class,
                        alarm))
                .containsExactly("raised SENT", "again-3-held CANCELLED", "again-5-held SENT", "again-7 SENT");
    }

    @Test
    void onlyThoseWhoWereToldAreToldThatItNeverWas() {
        answers(aResponse().withStatus(200));
        announce(1);
        var dispatcher = dispatcher(webhook);
        assertThat(dispatcher.once(webhook)).isTrue();
        inTransaction(outbox -> outbox.withdraw(TestingNotices.notice(alarm, 1), "withdrawn-2"));
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofMinutes(3));
        assertThat(dispatcher.once(webhook)).as("the leader was not told yet").isFalse();
        assertThat(database.queryForList(
                        "SELECT person || ' ' || step || ' ' || state FROM notification WHERE alarm = ? ORDER BY id",
                        String.class,
                        alarm))
                .containsExactly(
                        "officer raised SENT", "leader raised-to-leader CANCELLED", "officer withdrawn-2 SENT");
    }

    @Test
    void gradeTwoIsGivenUpAfterHalfAnHour() {
        answers(aResponse().withStatus(500));
        announce(2);
        var dispatcher = dispatcher(webhook);
        clock.advance(Duration.ofMinutes(29).plusSeconds(59));
        assertThat(dispatcher.once(webhook)).isTrue();
        assertThat(state("officer")).isEqualTo("PENDING");
        clock.advance(Duration.ofSeconds(40));
        dispatcher.once(webhook);
        assertThat(state("officer")).isEqualTo("EXPIRED");
    }

    @Test
    void aRefusalIsFinalARedirectIsNotFollowedAndPatienceIsGiven() {
        answers(aResponse().withStatus(302).withHeader("Location", HOOK.baseUrl() + "/elsewhere"));
        announce(1);
        var dispatcher = dispatcher(webhook);
        dispatcher.once(webhook);
        assertThat(state("officer")).isEqualTo("FAILED");
        assertThat(HOOK.findAll(WireMock.anyRequestedFor(urlEqualTo("/elsewhere"))))
                .isEmpty();

        HOOK.resetAll();
        answers(aResponse().withStatus(429).withHeader("Retry-After", "20"));
        clock.advance(Duration.ofMinutes(2));
        assertThat(dispatcher.once(webhook)).isTrue();
        clock.advance(Duration.ofMillis(19_900));
        assertThat(dispatcher.once(webhook)).isFalse();
        clock.advance(Duration.ofMillis(100));
        assertThat(dispatcher.once(webhook)).isTrue();
    }

    @Test
    void aBrokenConnectionIsTriedAgain() {
        answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        announce(1);
        dispatcher(webhook).once(webhook);
        assertThat(state("officer")).isEqualTo("PENDING");
        assertThat(attempts("officer")).containsExactly(false);
    }

    @Test
    void nobodyOnDutyAndNoChannelAreVisible() {
        onDuty();
        announce(1);
        assertThat(state("")).isEqualTo("NO_ONE_ON_DUTY");
        onDuty("officer");
        transaction.executeWithoutResult(
                status -> outbox(webhook("")).announce(TestingNotices.notice(alarm, 1), "reopened-2", clock.instant()));
        assertThat(state("officer")).isEqualTo("NO_CHANNEL");
        announce(3);
        assertThat(database.queryForObject("SELECT count(*) FROM notification WHERE alarm = ?", Long.class, alarm))
                .isEqualTo(2);
    }

    @Test
    void twoServersSendEachMessageOnce() {
        answers(aResponse().withStatus(200));
        var officers = new String[40];
        for (var i = 0; i < officers.length; i++) {
            officers[i] = "officer" + i;
        }
        onDuty(officers);
        announce(1);
        var servers = new ArrayList<CompletableFuture<Void>>();
        for (var i = 0; i < 4; i++) {
            servers.add(CompletableFuture.runAsync(() -> {
                var dispatcher = dispatcher(webhook);
                while (dispatcher.once(webhook)) {
                    Thread.onSpinWait();
                }
            }));
        }
        servers.forEach(CompletableFuture::join);
        assertThat(calls())
                .extracting(call -> call.getHeader("Idempotency-Key"))
                .hasSize(40)
                .doesNotHaveDuplicates();
    }

    @Test
    void webhooksOfTheRosterStayOnTheConfiguredServer() {
        var own = new Person("p", "P", "", "", HOOK.baseUrl() + "/mine");
        assertThat(webhook.target(own)).contains(HOOK.baseUrl() + "/mine");
        for (var other : List.of(
                "http://169.254.169.254/latest",
                "http://127.0.0.1:1/hook",
                "https://127.0.0.1:" + HOOK.port() + "/hook",
                "http://user@127.0.0.1:" + HOOK.port() + "/hook",
                "file:///etc/passwd",
                "not an address")) {
            assertThat(webhook.target(new Person("p", "P", "", "", other)))
                    .as(other)
                    .isEmpty();
        }
    }

    @Test
    void mailComesBackWhenItsServerDoesAndNamesTheServersRefusal() {
        var server = new GreenMail(ServerSetupTest.SMTP.dynamicPort());
        server.start();
        var port = server.getSmtp().getPort();
        server.stop();
        var mail = new MailChannel("127.0.0.1", port, "", "", "yiwang@example.com", false, text, clock);
        transaction.executeWithoutResult(status -> new Outbox(database, roster, List.of(mail), JSON, clock, () -> {})
                .announce(TestingNotices.notice(alarm, 1), "raised", clock.instant()));
        var dispatcher = dispatcher(mail);
        assertThat(dispatcher.once(mail)).isTrue();
        assertThat(state("officer")).isEqualTo("PENDING");

        var again = new GreenMail(ServerSetupTest.SMTP.port(port));
        again.start();
        try {
            clock.advance(Duration.ofSeconds(1));
            assertThat(dispatcher.once(mail)).isTrue();
            assertThat(state("officer")).isEqualTo("SENT");
            assertThat(again.getReceivedMessages()).hasSize(1);
        } finally {
            again.stop();
        }
    }

    private void announce(int grade) {
        transaction.executeWithoutResult(
                status -> outbox(webhook).announce(TestingNotices.notice(alarm, grade), "raised", clock.instant()));
    }

    private void again(String step) {
        inTransaction(outbox -> outbox.announceAgain(TestingNotices.notice(alarm, 1), step, clock.instant()));
    }

    private void inTransaction(Consumer<Outbox> work) {
        transaction.executeWithoutResult(status -> work.accept(outbox(webhook)));
    }

    private Outbox outbox(Channel channel) {
        return new Outbox(database, roster, List.of(channel), JSON, clock, () -> {});
    }

    private Dispatcher dispatcher(Channel channel) {
        return new Dispatcher(database, transaction, List.of(channel), JSON, clock, new Random(1));
    }

    private WebhookChannel webhook(String url) {
        return new WebhookChannel(url, SECRET, text, JSON, clock);
    }

    /** Officers on duty; a name that begins with {@code leader} leads. */
    private void onDuty(String... persons) {
        var from = clock.instant().minusSeconds(60).toString();
        var to = clock.instant().plusSeconds(86_400).toString();
        var body = Map.of(
                "persons",
                List.of(persons).stream()
                        .map(id -> Map.of("id", id, "name", id, "email", id + "@example.com"))
                        .toList(),
                "shifts",
                List.of(persons).stream()
                        .map(id -> Map.of(
                                "id",
                                "shift-" + id,
                                "person",
                                id,
                                "from",
                                from,
                                "to",
                                to,
                                "role",
                                id.startsWith("leader") ? "leader" : "officer"))
                        .toList());
        var put = send(HttpRequest.newBuilder(address("/api/roster"))
                .header("Authorization", admin())
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    }

    private static void answers(ResponseDefinitionBuilder... answers) {
        for (var i = 0; i < answers.length; i++) {
            HOOK.stubFor(WireMock.post(urlEqualTo("/hook"))
                    .inScenario("answers")
                    .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
                    .willReturn(answers[i])
                    .willSetStateTo(
                            i + 1 < answers.length ? "after " + (i + 1) : i == 0 ? Scenario.STARTED : "after " + i));
        }
    }

    private static List<LoggedRequest> calls() {
        return HOOK.findAll(WireMock.postRequestedFor(urlEqualTo("/hook")));
    }

    private String state(String person) {
        return database.queryForObject(
                "SELECT state FROM notification WHERE alarm = ? AND person = ?", String.class, alarm, person);
    }

    private List<Boolean> attempts(String person) {
        return database.queryForList(
                "SELECT a.ok FROM notification_attempt a JOIN notification n ON n.id = a.notification"
                        + " WHERE n.alarm = ? AND n.person = ? ORDER BY a.number",
                Boolean.class,
                alarm,
                person);
    }
}
