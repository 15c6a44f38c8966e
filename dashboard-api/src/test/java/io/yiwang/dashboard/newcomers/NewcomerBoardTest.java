package io.yiwang.dashboard.newcomers;

import static io.yiwang.dashboard.newcomers.TestingNewcomers.NOW;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.knocker;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.mqtt;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewcomerBoardTest {
    @Test
    void whatSeveralDoorsSawOfOneIdAddsUpAndOneSecretIsNotTwo() {
        var one = mqtt("d", "own").setAttempts(3);
        one.getShowingsBuilder(0).setAttempts(3);
        var other = mqtt("d", "own", "other")
                .setWriter("w2")
                .setFirstMillis(NOW - 500)
                .setLastMillis(NOW + 500)
                .addAddresses("10.9.9.9");
        var together = knocker(one, other);
        assertThat(together.attempts()).isEqualTo(5);
        assertThat(together.firstMillis()).isEqualTo(NOW - 500);
        assertThat(together.lastMillis()).isEqualTo(NOW + 500);
        assertThat(together.secrets()).isEqualTo(2);
        assertThat(together.showings()).hasSize(2);
        assertThat(together.showings().get(0).attempts()).isEqualTo(4);
        assertThat(together.addresses()).containsExactly("10.0.0.7", "10.9.9.9");
        // The newest record of a writer replaces the one before.
        assertThat(knocker(one, other, one.clone().setAttempts(7)).attempts()).isEqualTo(9);
    }

    @Test
    void theBoardIsBoundedAndTheOldestGoes() {
        var board = new NewcomerBoard(new byte[16]);
        for (int i = 0; i <= NewcomerBoard.MOST; i++) {
            board.take(mqtt("d" + i, "own").build());
        }
        assertThat(board.all()).hasSize(NewcomerBoard.MOST);
        assertThat(board.find("d0")).isEmpty();
        assertThat(board.find("d1")).isPresent();
    }

    @Test
    void aShowingsIdTellsNothingOfItsHash() {
        var board = new NewcomerBoard(new byte[] {1});
        board.take(mqtt("d", "own").build());
        var showing = board.all().get(0).showings().get(0);
        assertThat(showing.id()).hasSize(12);
        assertThat(java.util.HexFormat.of()
                        .formatHex(showing.credential().getHash().toByteArray()))
                .doesNotContain(showing.id());
        assertThat(knocker(mqtt("d", "own")).showings().get(0).id())
                .as("with another salt")
                .isNotEqualTo(showing.id());
    }

    @ParameterizedTest
    @CsvSource({"gas-1,gas-1", "group/edge,~Z3JvdXAvZWRnZQ", "气站,~5rCU56uZ", "'',~"})
    void whatIsNoIdIsCodedInAddressesAndComesBack(String name, String coded) {
        assertThat(NewcomerId.coded(name)).isEqualTo(coded);
        assertThat(NewcomerId.name(coded)).isEqualTo(name);
    }

    @Test
    void whatStrangersWriteSteersNothingAndHidesNothing() {
        assertThat(Plain.text("a\u001b[31mb\u202ec\u200bd气")).isEqualTo("a\\u{1b}[31mb\\u{202e}c\\u{200b}d气");
        assertThat(Plain.sample(new byte[] {'a', (byte) 0xff, 0, '\\'})).isEqualTo("a\\xff\\x00\\x5c");
        var cut = "{\"名\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Plain.sample(java.util.Arrays.copyOf(cut, 4))).isEqualTo("{\"");
    }
}
