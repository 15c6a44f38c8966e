package io.yiwang.ingest.onboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Newcomer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewcomerListTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final String SECRET = "a-secret-of-more-than-16-bytes";

    private final NewcomerList list = new NewcomerList("w1");

    @Test
    void whoKnocksIsWrittenWithoutItsSecretAndWithWhatAnAcceptanceNeeds() {
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW));
        var newcomer = one(NOW);
        assertThat(newcomer.getId()).isEqualTo("logger-7");
        assertThat(newcomer.getDoor()).isEqualTo("mqtt");
        assertThat(newcomer.getAddress()).isEqualTo("10.0.0.7");
        assertThat(newcomer.getAttempts()).isEqualTo(1);
        assertThat(newcomer.getFirstMillis()).isEqualTo(NOW);
        assertThat(opens(newcomer.getCredential(), SECRET)).isTrue();
        assertThat(opens(newcomer.getCredential(), "another-secret-of-16-bytes"))
                .isFalse();
        assertThat(newcomer.toByteString().toStringUtf8()).doesNotContain(SECRET);
        assertThat(newcomer.getShowings(0).getShortSecret()).isFalse();
    }

    @Test
    void aSecondSecretUnderOneIdIsKeptBesideTheFirst() {
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW));
        list.knocked(knock("logger-7", "hunter2", "10.9.9.9", NOW + 1));
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW + 2));
        var newcomer = one(NOW + 2);
        assertThat(newcomer.getAttempts()).isEqualTo(3);
        assertThat(newcomer.getShowingsCount()).isEqualTo(2);
        assertThat(newcomer.getShowings(0).getAttempts()).isEqualTo(2);
        assertThat(opens(newcomer.getShowings(0).getCredential(), SECRET)).isTrue();
        assertThat(newcomer.getShowings(1).getAddress()).isEqualTo("10.9.9.9");
        assertThat(opens(newcomer.getShowings(1).getCredential(), "hunter2")).isTrue();
        assertThat(newcomer.getShowings(1).getShortSecret()).isTrue();
        assertThat(newcomer.getAddressesList()).containsExactly("10.0.0.7", "10.9.9.9");
    }

    @Test
    void twoDoorsMakeTheSameOfTheSameSecretAndTwoIdsDoNot() {
        assertThat(NewcomerList.credential("a", SECRET.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(NewcomerList.credential("a", SECRET.getBytes(StandardCharsets.UTF_8)));
        assertThat(NewcomerList.credential("a", SECRET.getBytes(StandardCharsets.UTF_8))
                        .getHash())
                .isNotEqualTo(NewcomerList.credential("b", SECRET.getBytes(StandardCharsets.UTF_8))
                        .getHash());
    }

    @Test
    void whoGuessesSecretsFillsNothing() {
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW));
        for (int i = 0; i < 1000; i++) {
            list.knocked(knock("logger-7", "guess-" + i, "10.1." + i / 256 + "." + i % 256, NOW + i));
        }
        var newcomer = one(NOW + 1000);
        assertThat(newcomer.getShowingsCount()).isEqualTo(NewcomerList.MOST_SHOWINGS);
        assertThat(newcomer.getAddressesCount()).isEqualTo(NewcomerList.MOST_ADDRESSES);
        assertThat(newcomer.getOtherAttempts()
                        + newcomer.getShowingsList().stream()
                                .mapToLong(showing -> showing.getAttempts())
                                .sum())
                .isEqualTo(newcomer.getAttempts())
                .isEqualTo(1001);
    }

    @Test
    void idsAreBoundedTheOldestGoesAndIsCounted() {
        for (int i = 0; i < NewcomerList.MOST_IDS; i++) {
            list.knocked(knock("d" + i, SECRET, "10.0." + i / 256 + "." + i % 256, NOW));
        }
        // The first comes again, so the second is now the one that was heard of longest ago.
        list.knocked(knock("d0", SECRET, "10.0.0.0", NOW + 1));
        list.knocked(knock("late", SECRET, "10.7.7.7", NOW + 2 * NewcomerList.NEW_EVERY_MILLIS));
        assertThat(list.size()).isEqualTo(NewcomerList.MOST_IDS);
        assertThat(list.forgotten()).isEqualTo(1);
        assertThat(list.due(NOW + 100_000, 10_000))
                .extracting(due -> due.newcomer().getId())
                .contains("d0", "late", "d2")
                .doesNotContain("d1");
    }

    @Test
    void oneAddressBringsOnlySoManyNewIdsAndTheNextComeInTime() {
        for (int i = 0; i < 500; i++) {
            list.knocked(knock("d" + i, SECRET, "10.0.0.7", NOW));
        }
        assertThat(list.size()).isEqualTo(NewcomerList.NEW_PER_ADDRESS);
        assertThat(list.ignored()).isEqualTo(500 - NewcomerList.NEW_PER_ADDRESS);
        list.knocked(knock("elsewhere", SECRET, "10.0.0.8", NOW));
        assertThat(list.size()).isEqualTo(NewcomerList.NEW_PER_ADDRESS + 1);
        list.knocked(knock("d400", SECRET, "10.0.0.7", NOW + NewcomerList.NEW_PER_ADDRESS_EVERY_MILLIS));
        assertThat(list.size()).isEqualTo(NewcomerList.NEW_PER_ADDRESS + 2);
    }

    @Test
    void fromManyAddressesNoMoreComeThanTheTopicBears() {
        for (int i = 0; i < 5000; i++) {
            list.knocked(knock("d" + i, SECRET, "address " + i, NOW));
        }
        assertThat(list.size()).isEqualTo(NewcomerList.MOST_IDS);
        assertThat(list.forgotten()).isZero();
    }

    @Test
    void whoKnocksAgainAndAgainIsWrittenEverRarer() {
        long written = 0;
        for (long second = 0; second < 3600; second++) {
            list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW + 1000 * second));
            written += writeAll(NOW + 1000 * second);
        }
        assertThat(written).isBetween(10L, 20L);
        // Something new about it is written soon.
        list.knocked(knock("logger-7", "another-secret-of-16-bytes", "10.0.0.7", NOW + 3_600_000));
        writeAll(NOW + 3_600_000);
        list.knocked(knock("logger-7", "a-third-secret-of-16-bytes", "10.0.0.7", NOW + 3_600_001));
        assertThat(one(NOW + 3_600_001 + NewcomerList.FIRST_PAUSE_MILLIS).getShowingsCount())
                .isEqualTo(3);
    }

    @Test
    void whatIsNotWrittenStaysDueAndOnlyTheNewestIsKept() {
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW));
        var lost = list.due(NOW, 10).get(0);
        list.knocked(knock("logger-7", SECRET, "10.0.0.7", NOW + 1));
        assertThat(one(NOW + 60_000).getAttempts()).isEqualTo(2);
        // Kafka took the older one after all: the newer is still due.
        list.written(lost, NOW + 60_000);
        assertThat(one(NOW + 120_000).getAttempts()).isEqualTo(2);
        writeAll(NOW + 120_000);
        assertThat(list.due(NOW + 900_000, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "##0118ST=32;CN=2011;PW=s3cr3t!;MN=A110000;CP=&&a=1&&1C80\r\n",
                "{\"ts\":1,\"password\":\"s3cr3t!\"}",
                "{\"apiKey\" : \"s3cr3t!\\\"s3cr3t!",
                "says s3cr3t! in words"
            })
    void aSecretInThePayloadIsMasked(String payload) {
        list.knocked(new Knock(
                "A110000", Knock.HJ212, "10.0.0.7", bytes("s3cr3t!"), "", "", bytes(payload), NOW, "s3cr3t!"));
        list.knocked(new Knock("B2", Knock.BRIDGE, "", null, "", "t", bytes(payload.replace("says s3cr3t!", "")), NOW));
        for (var due : list.due(NOW, 10)) {
            assertThat(due.newcomer().toByteString().toStringUtf8()).doesNotContain("s3cr3t!");
            assertThat(due.newcomer().getPayload().isEmpty()).isFalse();
        }
    }

    @Test
    void atMostOneKibibyteOfAPayloadAndAFewHundredCharactersOfAnyTextAreKept() {
        var long1 = "x".repeat(100_000);
        list.knocked(new Knock(long1, Knock.BRIDGE, long1, bytes(long1), long1, long1, bytes(long1), NOW, long1 + "y"));
        var newcomer = one(NOW);
        assertThat(newcomer.getPayload().size()).isEqualTo(SampleMask.LONGEST_BYTES);
        assertThat(newcomer.getSerializedSize()).isLessThan(4096);
    }

    @Test
    void anotherUserNameThanTheIdIsSaid() {
        list.knocked(Knock.atTheDoor("logger-7", "admin", bytes(SECRET), "", "10.0.0.7", NOW));
        assertThat(one(NOW).getUser()).isEqualTo("admin");
        list.knocked(Knock.atTheDoor("logger-7", "logger-7", bytes(SECRET), "", "10.0.0.7", NOW + 1));
        assertThat(one(NOW + 1).getUser()).isEmpty();
    }

    @Test
    void whoShowsNoSecretHasNoCredential() {
        list.knocked(knock("logger-7", null, "10.0.0.7", NOW));
        assertThat(one(NOW).hasCredential()).isFalse();
        assertThat(one(NOW).getShowings(0).hasCredential()).isFalse();
    }

    private Newcomer one(long nowMillis) {
        var due = list.due(nowMillis, 10);
        assertThat(due).hasSize(1);
        return due.get(0).newcomer();
    }

    private int writeAll(long nowMillis) {
        List<NewcomerList.Due> due = list.due(nowMillis, 100);
        due.forEach(each -> list.written(each, nowMillis));
        return due.size();
    }

    private static boolean opens(Credential credential, String secret) {
        return java.util.Arrays.equals(
                Ids.secretHash(credential.getSalt().toByteArray(), bytes(secret)),
                credential.getHash().toByteArray());
    }

    private static Knock knock(String id, String secret, String address, long millis) {
        return Knock.atTheDoor(id, id, secret == null ? null : bytes(secret), "", address, millis);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
