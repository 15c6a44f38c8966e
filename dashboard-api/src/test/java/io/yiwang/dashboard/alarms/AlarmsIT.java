package io.yiwang.dashboard.alarms;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.google.protobuf.InvalidProtocolBufferException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.TestingLog;
import io.yiwang.dashboard.assets.TestingCity;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.dashboard.live.TestingBrowser;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.NetworkChange;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Evidence;
import io.yiwang.model.wire.Learned;
import io.yiwang.model.wire.Member;
import io.yiwang.model.wire.Verdict;
import io.yiwang.model.wire.VerdictWord;
import jakarta.mail.MessagingException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** From the topic to the database, to browsers, to people, and back by their hands. */
@DirtiesContext
class AlarmsIT extends DashboardIT {
    private static final GreenMail MAIL = new GreenMail(ServerSetupTest.SMTP.dynamicPort());
    private static final WireMockServer HOOK = new WireMockServer(options().dynamicPort());

    static {
        MAIL.start();
        HOOK.start();
    }

    private final String facility = "alarmed-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestingLog log = new TestingLog(KAFKA.bootstrap());

    @Autowired
    private JdbcTemplate database;

    @Autowired
    private AlarmFeed feed;

    @Autowired
    private AlarmStore store;

    @Autowired
    private CityClock clock;

    @Autowired
    private DashboardSettings settings;

    @DynamicPropertySource
    static void channels(DynamicPropertyRegistry properties) {
        properties.add("yiwang.notify.mail.host", () -> "127.0.0.1");
        properties.add("yiwang.notify.mail.port", () -> MAIL.getSmtp().getPort());
        properties.add("yiwang.notify.webhook.url", () -> HOOK.baseUrl() + "/hook");
        properties.add("yiwang.notify.webhook.secret", () -> "hook-secret");
    }

    @AfterAll
    static void stop() {
        MAIL.stop();
        HOOK.stop();
    }

    @BeforeEach
    void city() {
        HOOK.resetAll();
        HOOK.stubFor(WireMock.post(urlEqualTo("/hook")).willReturn(aResponse().withStatus(204)));
        var document = TestingCity.document(List.of(TestingCity.facility(facility, "gas", "gate_station")));
        assertThat(json(post("/api/assets", document)).get("created").asInt()).isEqualTo(1);
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var roster = Map.of(
                "persons",
                List.of(Map.of("id", "li", "name", "李雷", "email", facility + "@example.com")),
                "shifts",
                List.of(Map.of(
                        "id",
                        "s1",
                        "person",
                        "li",
                        "from",
                        now.minusSeconds(60).toString(),
                        "to",
                        now.plusSeconds(3_600).toString(),
                        "role",
                        "officer")));
        var put = send(HttpRequest.newBuilder(address("/api/roster"))
                .header("Authorization", admin())
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(roster))));
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(json(put).get("gaps").size()).isPositive();
        assertThat(json(get("/api/duty/current")).at("/officers/0/name").asString())
                .isEqualTo("李雷");
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void aSevereAlarmReachesScreensAndTheOfficerAndEndsByTheirHands() throws MessagingException {
        try (var first = browser();
                var second = browser()) {
            var raised = alarm(1).build();
            log.write(raised);
            await().until(() -> first.rows("alarms").containsKey(raised.getId()));
            await().until(() -> second.rows("alarms").containsKey(raised.getId()));

            var alarm = first.rows("alarms").get(raised.getId()).get(1);
            assertThat(alarm.get("state").asString()).isEqualTo("unacked");
            assertThat(alarm.get("facilityName").has("zh")).isTrue();
            assertThat(alarm.get("unit").asString()).isNotEmpty();
            assertThat(alarm.get("onset").asString())
                    .isEqualTo(Instant.ofEpochMilli(raised.getOnsetMillis()).toString());
            assertThat(alarm.get("cleared").isNull()).isTrue();
            assertThat(json(get("/api/alarms?facility=" + facility)).get(0)).isEqualTo(alarm);

            await().until(() -> mails().size() == 1);
            var mail = mails().get(0);
            assertThat(mail.getSubject()).startsWith("[G1] ").contains("过高");
            assertThat(mail.getMessageID()).matches("<[0-9a-f]{32}@yiwang>");
            var body = GreenMailUtil.getBody(mail);
            assertThat(body).isNotBlank();
            await().until(() -> !HOOK.getAllServeEvents().isEmpty());
            var call = HOOK.getAllServeEvents().get(0).getRequest();
            assertThat(JSON.readTree(call.getBodyAsString()).at("/alarm/alarm").asString())
                    .isEqualTo(raised.getId());
            await().until(() -> states(raised.getId()).equals(List.of("SENT", "SENT")));

            var acked = json(post("/api/alarms/" + raised.getId() + "/ack", Map.of("note", "已派人")));
            assertThat(acked.get("state").asString()).isEqualTo("acked");
            assertThat(acked.get("ackedBy").asString()).isEqualTo("admin");
            await().until(() -> "acked".equals(state(second, raised.getId())));
            var again = json(post("/api/alarms/" + raised.getId() + "/ack", Map.of()));
            assertThat(again.get("version")).isEqualTo(acked.get("version"));

            post("/api/alarms/" + raised.getId() + "/comment", Map.of("note", "阀门已关"));
            log.write(alarm(2).setStep(AlarmStep.CLEARED)
                    .setClearedMillis(raised.getLastMillis() + 5_000)
                    .build());
            await().until(() -> "closed".equals(state(second, raised.getId())));
            var history = json(get("/api/alarms/" + raised.getId())).get("history");
            assertThat(history.values())
                    .extracting(line -> line.get("action").asString())
                    .containsExactly("raised", "acked", "commented", "cleared");
            assertThat(json(get("/api/alarms?state=open&facility=" + facility)).size())
                    .isZero();
            assertThat(json(get("/api/alarms?state=closed&grade=1&facility=" + facility))
                            .size())
                    .isEqualTo(1);
        }
    }

    @Test
    void aReplayAndBrokenRecordsChangeNothingAndStopNothing() {
        var raised = alarm(1).build();
        log.write(raised);
        await().until(() -> states(raised.getId()).equals(List.of("SENT", "SENT")));
        var before = json(get("/api/alarms/" + raised.getId()));
        var sent = HOOK.getAllServeEvents().size();

        var key = Ids.alarmKey(raised.getFacility(), raised.getRule());
        var broken = log.write(Topics.ALARMS, key, new byte[] {(byte) 0xff, 1, 2});
        log.write(raised);
        log.write(
                Topics.ALARMS,
                key,
                raised.toBuilder().setId("zero" + facility).setDistrict("\0").build());
        log.write(raised.toBuilder().setGrade(7).setId("grade" + facility).build());
        var last =
                alarm(1).setId("last" + facility).setGrade(4).setHistoric(true).build();
        log.write(last);

        await().until(() -> get("/api/alarms/" + last.getId()).statusCode() == 200);
        assertThat(json(get("/api/alarms/" + raised.getId()))).isEqualTo(before);
        assertThat(HOOK.getAllServeEvents()).hasSize(sent);
        assertThat(states(last.getId())).isEmpty();
        assertThat(database.queryForList(
                        "SELECT reason FROM alarm_refused WHERE partition = ? AND \"offset\" >= ? ORDER BY \"offset\"",
                        String.class,
                        broken.partition(),
                        broken.offset()))
                .hasSize(3)
                .last()
                .isEqualTo("grade is 7, not 1 to 4");
    }

    @Test
    void anOutageOfTheDatabaseIsWaitedForAndNothingIsLost() {
        var raised = alarm(1).setGrade(4).build();
        database.execute("ALTER TABLE alarm RENAME TO alarm_away");
        try {
            log.write(raised);
            await().until(() -> feed.trouble() != null);
        } finally {
            database.execute("ALTER TABLE alarm_away RENAME TO alarm");
        }
        await().until(() -> get("/api/alarms/" + raised.getId()).statusCode() == 200);
        await().until(() -> feed.trouble() == null);
    }

    @Test
    void anAckMeantForAnotherAlarmThanItIsNowIsAConflict() {
        var raised = alarm(1).setGrade(3).build();
        log.write(raised);
        await().until(() -> get("/api/alarms/" + raised.getId()).statusCode() == 200);
        var seen = json(get("/api/alarms/" + raised.getId())).get("version").asInt();
        log.write(alarm(2).setGrade(1).setStep(AlarmStep.UPDATED).build());
        await().until(() ->
                json(get("/api/alarms/" + raised.getId())).get("grade").asInt() == 1);
        var refused = post("/api/alarms/" + raised.getId() + "/ack", Map.of("version", seen));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).get("code").asString()).isEqualTo("ALARM_CHANGED");
        assertThat(post("/api/alarms/nothing/ack", Map.of()).statusCode()).isEqualTo(404);
        assertThat(post("/api/alarms/" + raised.getId() + "/comment", Map.of()).statusCode())
                .isEqualTo(400);
    }

    @Test
    void anIncidentSpeaksForItsMembersAndIsTakenUpWithThem() {
        try (var browser = browser()) {
            var before = alarm(1).setGrade(3).build();
            log.write(before);
            var incident = incident(1).build();
            log.write(incident);
            var after = other(1).build();
            log.write(after);
            var graver = alarm(1).setId("graver" + facility)
                    .setRule("gas_station_leak_lel.x")
                    .setGrade(1)
                    .build();
            log.write(graver);
            await().until(() -> browser.rows("alarms").containsKey(graver.getId()));

            for (var part : List.of(before, after, graver)) {
                await().until(() -> incident.getId()
                        .equals(json(get("/api/alarms/" + part.getId()))
                                .get("incident")
                                .asString()));
            }
            await().until(() -> incident.getId()
                    .equals(browser.rows("alarms")
                            .get(before.getId())
                            .get(1)
                            .get("incident")
                            .asString()));
            await().until(() -> states(incident.getId()).equals(List.of("SENT", "SENT")));
            await().until(() -> states(graver.getId()).equals(List.of("SENT", "SENT")));
            assertThat(states(after.getId())).isEmpty();
            var shown = json(get("/api/alarms/" + incident.getId()));
            assertThat(shown.get("kind").asString()).isEqualTo("incident");
            assertThat(shown.at("/title/zh").asString()).isEqualTo("第三方施工挖断管道");
            assertThat(shown.get("procedure").asString()).isEqualTo("pipe_damage");
            assertThat(shown.at("/members/0/symptomName/zh").asString()).isNotEmpty();

            assertThat(json(get("/api/alarms?incident=" + incident.getId())).size())
                    .isEqualTo(3);

            post("/api/alarms/" + incident.getId() + "/ack", Map.of());
            await().until(() -> "acked".equals(state(browser, after.getId())));
            assertThat(state(browser, before.getId())).isEqualTo("acked");
            assertThat(json(get("/api/alarms/" + after.getId())).get("history").values())
                    .extracting(line -> line.get("action").asString())
                    .containsExactly("raised", "joined_incident", "acked_with_incident");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = AlarmStep.class,
            names = {"CLEARED", "WITHDRAWN"})
    void whenAnIncidentIsOverOrNeverWasWhatLastsOfItSpeaksForItself(AlarmStep end) {
        var incident = incident(1).build();
        log.write(incident);
        await().until(() -> states(incident.getId()).equals(List.of("SENT", "SENT")));
        var member = other(1).build();
        log.write(member);
        await().until(() -> get("/api/alarms/" + member.getId()).statusCode() == 200);
        assertThat(states(member.getId())).isEmpty();
        log.write(incident(2)
                .setStep(end)
                .setClearedMillis(end == AlarmStep.CLEARED ? onset + 4_000 : 0)
                .setWithdrawnReason(end == AlarmStep.WITHDRAWN ? "late_reading" : "")
                .build());
        await().until(() -> states(member.getId()).equals(List.of("SENT", "SENT")));
        if (end == AlarmStep.CLEARED) {
            assertThat(json(get("/api/alarms/" + member.getId()))
                            .get("incident")
                            .asString())
                    .isEqualTo(incident.getId());
            return;
        }
        await().until(() -> states(incident.getId()).equals(List.of("SENT", "SENT", "SENT", "SENT")));
        assertThat(mails()).anySatisfy(mail -> assertThat(mail.getSubject()).startsWith("[已撤销 withdrawn]"));
        var withdrawn = json(get("/api/alarms/" + incident.getId()));
        assertThat(withdrawn.get("state").asString()).isEqualTo("closed");
        assertThat(withdrawn.get("withdrawn").asString()).isEqualTo("late_reading");
        assertThat(json(get("/api/alarms/" + member.getId())).get("incident").isNull())
                .isTrue();
        assertThat(json(post("/api/alarms/" + incident.getId() + "/verdict", Map.of("word", "false")))
                        .get("code")
                        .asString())
                .isEqualTo("ALARM_WITHDRAWN");
    }

    /** No pack knows its pattern; its members are rules of what is learned, of a point or of a device as a whole. */
    @Test
    void aChangeOfTheWholeNetworkHasNames() {
        var change = incident(1)
                .setRule(NetworkChange.PATTERN.rule())
                .setGrade(4)
                .clearMembers()
                .addMembers(Member.newBuilder()
                        .setFacility(facility)
                        .setDevice(facility + "-leak1")
                        .setMetric("gas_station_leak_lel")
                        .setSymptom("gas_station_leak_lel.baseline")
                        .setOnsetMillis(onset)
                        .setPeak(Double.NaN))
                .addMembers(Member.newBuilder()
                        .setFacility(facility)
                        .setDevice(facility + "-leak1")
                        .setSymptom("joint." + facility + "-leak1")
                        .setOnsetMillis(onset)
                        .setPeak(Double.NaN))
                .build();
        log.write(change);
        await().until(() -> get("/api/alarms/" + change.getId()).statusCode() == 200);
        var shown = json(get("/api/alarms/" + change.getId()));
        assertThat(shown.at("/title/zh").asString()).isEqualTo("多处设施同时偏离常态");
        assertThat(shown.at("/members/0/symptomName/en").asString()).isEqualTo("unlike its usual course");
        assertThat(shown.at("/members/0/peak").isNull()).isTrue();
        assertThat(shown.at("/members/1/symptomName/en").asString()).isEqualTo("points no longer fit together");
        assertThat(shown.at("/members/1/metricName/zh").asString()).isNotEmpty();
    }

    @Test
    void aVerdictReachesTheTopicOnceAndCanBeTakenBack() throws InvalidProtocolBufferException {
        var raised = alarm(1).setGrade(3)
                .setRule("gas_station_leak_lel.baseline")
                .setEvidence(Evidence.newBuilder()
                        .setSide("baseline")
                        .setLearned(Learned.newBuilder()
                                .setExpected(1)
                                .setLow(0.5)
                                .setHigh(1.5)
                                .setShape("spike")
                                .setScore(0.999)
                                .setFalseAlarmsPerMonth(0.1)
                                .setTolerance(1.25)
                                .addWidenedBy("other")))
                .build();
        log.write(raised);
        var path = "/api/alarms/" + raised.getId();
        await().until(() -> get(path).statusCode() == 200);
        var verdicts = new ConcurrentLinkedQueue<Verdict>();
        try (var reader = new TopicReader(KAFKA.bootstrap(), Topics.VERDICTS, TopicReader.Start.beginning(), record -> {
            try {
                if (record.key().equals(raised.getId())) {
                    verdicts.add(Verdict.parseFrom(record.value()));
                }
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        })) {
            assertThat(json(get(path)).at("/learned/widenedBy/0").asString()).isEqualTo("other");
            assertThat(post(path + "/verdict", Map.of("word", "maybe")).statusCode())
                    .isEqualTo(400);
            post(
                    "/api/users",
                    Map.of("id", facility, "name", "E", "password", "looking-only-1", "roles", List.of("engineer")));
            assertThat(post(path + "/verdict", Map.of("word", "false"), basic(facility, "looking-only-1"))
                            .statusCode())
                    .as("only duty officers and chiefs")
                    .isEqualTo(403);
            var said = json(post(path + "/verdict", Map.of("word", "false", "note", "冲洗管道")));
            assertThat(said.at("/verdict/word").asString()).isEqualTo("false");
            assertThat(said.at("/verdict/by").asString()).isEqualTo("admin");
            var again = json(post(path + "/verdict", Map.of("word", "false", "note", "冲洗管道")));
            assertThat(again.get("version")).isEqualTo(said.get("version"));
            var back = json(post(path + "/verdict", Map.of("word", "none")));
            assertThat(back.get("verdict").isNull()).isTrue();
            await().until(() -> !verdicts.isEmpty()
                    && verdicts.stream().toList().get(verdicts.size() - 1).getWord() == VerdictWord.NO_VERDICT);
            assertThat(verdicts).allSatisfy(verdict -> {
                assertThat(verdict.getFacility()).isEqualTo(facility);
                assertThat(verdict.getRule()).isEqualTo(raised.getRule());
                assertThat(verdict.getDevicesList()).isEqualTo(raised.getDevicesList());
            });
            assertThat(verdicts.stream().map(Verdict::getAtMillis).toList()).isSorted();
            assertThat(json(get("/api/audit?limit=5")).values())
                    .filteredOn(line -> line.get("subject").asString().equals(raised.getId()))
                    .extracting(line -> line.get("action").asString() + " "
                            + line.get("detail").asString())
                    .containsExactly("alarm.verdict none", "alarm.verdict false: 冲洗管道");

            // What a crash left between the commit and Kafka.
            database.update(
                    "UPDATE alarm SET verdict = 'expected', verdict_at = verdict_at + interval '1 second' WHERE id = ?",
                    raised.getId());
            var heir = new VerdictPublisher(settings, store, clock);
            heir.start();
            try {
                await().until(() -> verdicts.stream().anyMatch(verdict -> verdict.getWord() == VerdictWord.EXPECTED));
            } finally {
                heir.stop();
            }
        }
    }

    private Alarm.Builder incident(int revision) {
        return alarm(revision)
                .setId("incident" + facility)
                .setRule("pattern.gas_pipe_hit")
                .setMetric("")
                .clearDevices()
                .setKind(AlarmKind.INCIDENT)
                .setGrade(2)
                .setEvidence(Evidence.newBuilder().setSide("pattern"))
                .addMembers(Member.newBuilder()
                        .setFacility(facility)
                        .setDevice(facility + "-leak1")
                        .setMetric("gas_station_leak_lel")
                        .setSymptom("digging")
                        .setOnsetMillis(onset)
                        .setPeak(52.5));
    }

    /** Of the same point by another rule. */
    private Alarm.Builder other(int revision) {
        return alarm(revision)
                .setId("other" + facility)
                .setRule("gas_station_leak_lel.h")
                .setGrade(2);
    }

    private TestingBrowser browser() {
        var browser = new TestingBrowser(HTTP, address("/"), admin());
        browser.subscribe("alarms");
        await().until(() -> browser.hasSnapshot("alarms"));
        return browser;
    }

    private static String state(TestingBrowser browser, String alarm) {
        var row = browser.rows("alarms").get(alarm);
        return row == null ? "" : row.get(1).get("state").asString();
    }

    private List<String> states(String alarm) {
        return json(get("/api/notifications?alarm=" + alarm)).values().stream()
                .map(row -> row.get("state").asString())
                .toList();
    }

    private List<jakarta.mail.internet.MimeMessage> mails() {
        return Arrays.stream(MAIL.getReceivedMessages())
                .filter(mail -> {
                    try {
                        return mail.getAllRecipients()[0].toString().contains(facility);
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    private final long onset = Instant.now().toEpochMilli() - 5_000;

    private Alarm.Builder alarm(int revision) {
        var rule = "gas_station_leak_lel.hh";
        return Alarm.newBuilder()
                .setId(Ids.alarm(facility, rule, onset))
                .setFacility(facility)
                .setDomain("gas")
                .setDistrict(TestingCity.DISTRICT)
                .setRule(rule)
                .setMetric("gas_station_leak_lel")
                .setGrade(1)
                .setStep(AlarmStep.RAISED)
                .setOnsetMillis(onset)
                .setRaisedMillis(onset + 2_000)
                .setLastMillis(onset + 2_000 + revision)
                .setLogMillis(onset + 3_000)
                .setPeak(52.5)
                .setPeakMillis(onset + 2_000)
                .setLast(51)
                .addDevices(facility + "-leak1")
                .setRevision(revision)
                .setEvidence(Evidence.newBuilder()
                        .setSide("hh")
                        .setLimit(40)
                        .setSource("GB 50494")
                        .setConfidence("P"));
    }
}
