package io.yiwang.dashboard.alarms;

import io.yiwang.model.wire.VerdictWord;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What a person says of an alarm.
 *
 * @param word {@link VerdictWord#NO_VERDICT} = taken back
 * @param atMillis by the city's clock; later than the word before it
 */
record Said(VerdictWord word, String by, long atMillis, String note) {
    private static final Map<VerdictWord, String> CODES = Map.of(
            VerdictWord.NO_VERDICT, "none",
            VerdictWord.REAL, "real",
            VerdictWord.FALSE_ALARM, "false",
            VerdictWord.EXPECTED, "expected");

    /** The word used in REST, on the websocket and in the database. */
    String code() {
        return CODES.get(word);
    }

    /** Empty for a word that is none. */
    static Optional<VerdictWord> word(String code) {
        return Arrays.stream(VerdictWord.values())
                .filter(word -> code.equals(CODES.get(word)))
                .findFirst();
    }
}
