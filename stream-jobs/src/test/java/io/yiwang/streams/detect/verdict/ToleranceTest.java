package io.yiwang.streams.detect.verdict;

import static io.yiwang.model.wire.VerdictWord.EXPECTED;
import static io.yiwang.model.wire.VerdictWord.FALSE_ALARM;
import static io.yiwang.model.wire.VerdictWord.NO_VERDICT;
import static io.yiwang.model.wire.VerdictWord.REAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.wire.VerdictWord;
import io.yiwang.streams.detect.verdict.Tolerance.Explanation;
import io.yiwang.streams.kafka.AlarmVerdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToleranceTest {
    private static final String RULE = "pressure.baseline";
    private static final long LATER = 1_000;

    @Test
    void withoutWordsNothingIsWider() {
        assertThat(new Tolerance().explain(RULE, "D1", LATER)).isEqualTo(Explanation.NONE);
        assertThat(new Tolerance().expected("D1", 0, LATER)).isEmpty();
    }

    /** F = false, R = real, E = expected, N = taken back; each on an alarm of its own, one after the other. */
    @ParameterizedTest
    @CsvSource({
        "F, 1.25, a0",
        "FF, 1.5625, a0 a1",
        "FFF, 1.953125, a0 a1 a2",
        "FFFF, 2, a0 a1 a2 a3",
        "FFFFFFF, 2, a0 a1 a2 a3",
        "R, 1, ''",
        "RF, 1.25, a1",
        "FR, 1, ''",
        "FFR, 1.25, a0",
        "FFRF, 1.5625, a0 a3",
        "FFFFFR, 1.953125, a0 a1 a2",
        "FEF, 1.5625, a0 a2",
        "FNF, 1.5625, a0 a2"
    })
    void eachFalseAlarmWidensAndEachRealOneTakesTheNewestStepBack(String words, double factor, String widenedBy) {
        var tolerance = new Tolerance();
        for (int i = 0; i < words.length(); i++) {
            on(tolerance, verdict("a" + i, word(words.charAt(i)), i));
        }

        var explanation = tolerance.explain(RULE, "D1", LATER);

        assertThat(explanation.factor()).isCloseTo(factor, within(1e-12));
        assertThat(String.join(" ", explanation.widenedBy())).isEqualTo(widenedBy);
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(explanation.factor());
    }

    @Test
    void aWordThatIsTakenBackLeavesNothing() {
        var tolerance = new Tolerance();
        on(tolerance, verdict("a", FALSE_ALARM, 1));
        on(tolerance, verdict("a", NO_VERDICT, 2));
        assertThat(tolerance.explain(RULE, "D1", LATER)).isEqualTo(Explanation.NONE);
        assertThat(tolerance.at(RULE, "D1", 1)).isEqualTo(1);

        on(tolerance, verdict("a", FALSE_ALARM, 3));
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1.25);
    }

    @Test
    void aWordThatIsTakenBackReachesThePointsThatTheAlarmNoLongerNames() {
        var tolerance = new Tolerance();
        on(tolerance, new AlarmVerdict("a", "F1", RULE, List.of("D1", "D2"), FALSE_ALARM, 1));
        on(tolerance, new AlarmVerdict("a", "F1", RULE, List.of("D1"), NO_VERDICT, 2));
        assertThat(tolerance.at(RULE, "D2", LATER)).isEqualTo(1);
    }

    @Test
    void ofTwoWordsOnOneAlarmTheOlderNeverCountsWhateverComesFirst() {
        var tolerance = new Tolerance();
        on(tolerance, verdict("a", REAL, 2));
        on(tolerance, verdict("a", FALSE_ALARM, 1));
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1);
    }

    @Test
    void aWordCountsFromWhenItWasSaidUntilItFades() {
        long said = 10_000;
        long faded = said + Tolerance.FADES.toMillis();
        var tolerance = new Tolerance();
        on(tolerance, verdict("a", FALSE_ALARM, said));

        assertThat(tolerance.at(RULE, "D1", said - 1)).isEqualTo(1);
        assertThat(tolerance.at(RULE, "D1", said)).isEqualTo(1.25);
        assertThat(tolerance.at(RULE, "D1", faded - 1)).isEqualTo(1.25);
        assertThat(tolerance.at(RULE, "D1", faded)).isEqualTo(1);
        assertThat(tolerance.at(RULE, "D1", said))
                .as("asked for the past again")
                .isEqualTo(1.25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pressure.hh",
                "pressure.l",
                "pressure.stuck",
                "pressure.silent",
                "pattern.burst",
                "own.word",
                "baseline",
                ""
            })
    void onlyWhatWasLearnedBecomesMoreTolerant(String rule) {
        var tolerance = new Tolerance();
        on(tolerance, new AlarmVerdict("a", "F1", rule, List.of("D1"), FALSE_ALARM, 1));
        on(tolerance, new AlarmVerdict("b", "F1", rule, List.of("D1"), EXPECTED, 1));
        assertThat(tolerance.at(rule, "D1", LATER)).isEqualTo(1);
        assertThat(tolerance.expected("D1", 0, LATER)).isEmpty();
        assertThat(bytes(tolerance)).hasSize(3);
    }

    @Test
    void aJointAlarmIsOfItsDeviceAndABaselineAlarmOfEachOfItsDevices() {
        var tolerance = new Tolerance();
        on(tolerance, new AlarmVerdict("a", "F1", "joint.D7", List.of("D7"), FALSE_ALARM, 1));
        on(tolerance, new AlarmVerdict("b", "F1", RULE, List.of("D1", "D2"), FALSE_ALARM, 1));

        assertThat(tolerance.at("joint.D7", "D7", LATER)).isEqualTo(1.25);
        assertThat(tolerance.at(RULE, "D7", LATER)).isEqualTo(1);
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1.25);
        assertThat(tolerance.at(RULE, "D2", LATER)).isEqualTo(1.25);
        assertThat(tolerance.at("flow.baseline", "D1", LATER)).isEqualTo(1);
    }

    @Test
    void whatIsExpectedIsLearnedWithTheFirstReadingAfterItWasSaid() {
        var tolerance = new Tolerance();
        on(tolerance, verdict("a", EXPECTED, 50));
        assertThat(tolerance.expected("D1", 40, 49)).isEmpty();
        assertThat(tolerance.expected("D1", 49, 50)).containsExactly(RULE);
        assertThat(tolerance.expected("D1", 45, 60)).containsExactly(RULE);
        assertThat(tolerance.expected("D1", 50, 60)).isEmpty();
        assertThat(tolerance.expected("D2", 45, 60)).isEmpty();

        on(tolerance, verdict("a", EXPECTED, 50));
        on(tolerance, verdict("a", NO_VERDICT, 60));
        assertThat(tolerance.expected("D1", 0, LATER)).as("taken back").isEmpty();
        on(tolerance, verdict("a", EXPECTED, 70));
        assertThat(tolerance.expected("D1", 60, 70)).as("said anew").containsExactly(RULE);
    }

    /** What is settled is not judged again, so what is heard late is learned where it still can be; hearing it again changes nothing. */
    @Test
    void whatIsHeardLateIsLearnedAfterWhatIsSettled() throws IOException {
        var tolerance = new Tolerance();
        tolerance.on(verdict("a", EXPECTED, 50), device -> 80);
        tolerance.on(verdict("a", EXPECTED, 50), device -> 200);
        var read = read(bytes(tolerance));
        for (var one : List.of(tolerance, read, tolerance.copy())) {
            assertThat(one.expected("D1", 0, 80)).isEmpty();
            assertThat(one.expected("D1", 80, 81)).containsExactly(RULE);
            assertThat(one.expected("D1", 81, LATER)).isEmpty();
        }
    }

    /** Its form said up to when what was expected had been learned. */
    @Test
    void whatTheFirstVersionWroteIsRead() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeShort(1);
        out.writeUTF(RULE);
        out.writeUTF("D1");
        out.writeLong(50);
        out.writeByte(3);
        for (var word :
                List.of(verdict("a", EXPECTED, 50), verdict("b", FALSE_ALARM, 60), verdict("c", EXPECTED, 70))) {
            out.writeUTF(word.alarm());
            out.writeLong(word.atMillis());
            out.writeByte(word.word().getNumber());
        }

        var tolerance = read(bytes.toByteArray());

        assertThat(tolerance.expected("D1", 0, 69)).as("learned already").isEmpty();
        assertThat(tolerance.expected("D1", 69, 70)).containsExactly(RULE);
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1.25);
        assertThat(read(bytes(tolerance)).expected("D1", 0, 69)).isEmpty();
    }

    @Test
    void theOldestWordsAreForgotten() {
        var tolerance = new Tolerance();
        on(tolerance, verdict("first", FALSE_ALARM, 0));
        for (int i = 1; i < Tolerance.MOST_WORDS; i++) {
            on(tolerance, verdict("a" + i, NO_VERDICT, i));
        }
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1.25);
        on(tolerance, verdict("last", NO_VERDICT, 100));
        assertThat(tolerance.at(RULE, "D1", LATER)).isEqualTo(1);
    }

    @Test
    void ofTooManyPointsTheOneLongestUnspokenOfIsForgotten() {
        var tolerance = new Tolerance();
        for (int i = 0; i <= Tolerance.MOST_SUBJECTS; i++) {
            on(tolerance, new AlarmVerdict("a" + i, "F1", RULE, List.of("D" + i), FALSE_ALARM, 10_000 - i));
        }
        int newest = Tolerance.MOST_SUBJECTS;
        assertThat(tolerance.at(RULE, "D" + newest, 20_000)).isEqualTo(1);
        assertThat(tolerance.at(RULE, "D" + (newest - 1), 20_000)).isEqualTo(1.25);
        assertThat(tolerance.at(RULE, "D0", 20_000)).isEqualTo(1.25);
    }

    @Test
    void whatLeftTheCatalogueIsForgotten() {
        var tolerance = new Tolerance();
        on(tolerance, new AlarmVerdict("a", "F1", RULE, List.of("D1", "D2"), EXPECTED, 1));
        tolerance.keep(subject -> subject.device().equals("D2"));
        assertThat(tolerance.expected("D1", 0, LATER)).isEmpty();
        assertThat(tolerance.expected("D2", 0, LATER)).containsExactly(RULE);
    }

    @Test
    void anUnknownVersionIsRefusedWithAReason() {
        assertThatThrownBy(() -> read(new byte[] {9, 0, 0}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 9");
    }

    /** Replays, disorder, copies and savepoints in between change no answer at any time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersAreAFunctionOfTheLastWords(long seed) throws IOException {
        var random = new Random(seed);
        var said = new ArrayList<AlarmVerdict>();
        var words = new VerdictWord[] {NO_VERDICT, REAL, FALSE_ALARM, FALSE_ALARM, EXPECTED};
        for (int i = 0; i < 60; i++) {
            said.add(verdict("a" + random.nextInt(24), words[random.nextInt(words.length)], 10L * i));
        }
        var last = new TreeMap<String, AlarmVerdict>();
        said.forEach(verdict -> last.put(verdict.alarm(), verdict));
        var compacted = new Tolerance();
        last.values().forEach(verdict -> on(compacted, verdict));

        var disordered = new ArrayList<>(said);
        disordered.addAll(said.subList(0, 30));
        Collections.shuffle(disordered, random);
        var other = new Tolerance();
        for (var verdict : disordered) {
            on(other, verdict);
            other.at(RULE, "D1", random.nextInt(800));
            if (random.nextInt(5) == 0) {
                other = random.nextBoolean() ? other.copy() : read(bytes(other));
            }
        }

        assertThat(bytes(other)).isEqualTo(bytes(compacted));
        for (long millis = 0; millis < 700; millis += 5) {
            assertThat(other.explain(RULE, "D1", millis)).isEqualTo(compacted.explain(RULE, "D1", millis));
            assertThat(other.at(RULE, "D1", millis)).isBetween(1.0, Tolerance.MOST);
        }
    }

    @Test
    void aCopyLivesItsOwnLife() {
        var tolerance = new Tolerance();
        on(tolerance, verdict("a", FALSE_ALARM, 1));
        var before = bytes(tolerance);
        var copy = tolerance.copy();
        on(copy, verdict("b", FALSE_ALARM, 2));
        on(copy, verdict("c", EXPECTED, 3));
        assertThat(bytes(tolerance)).isEqualTo(before);
        assertThat(copy.at(RULE, "D1", LATER)).isEqualTo(1.5625);
    }

    private static void on(Tolerance tolerance, AlarmVerdict verdict) {
        tolerance.on(verdict, device -> Long.MIN_VALUE);
    }

    private static AlarmVerdict verdict(String alarm, VerdictWord word, long atMillis) {
        return new AlarmVerdict(alarm, "F1", RULE, List.of("D1"), word, atMillis);
    }

    private static VerdictWord word(char letter) {
        return Map.of('F', FALSE_ALARM, 'R', REAL, 'E', EXPECTED, 'N', NO_VERDICT)
                .get(letter);
    }

    private static byte[] bytes(Tolerance tolerance) {
        var bytes = new ByteArrayOutputStream();
        try {
            tolerance.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static Tolerance read(byte[] bytes) throws IOException {
        return Tolerance.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
