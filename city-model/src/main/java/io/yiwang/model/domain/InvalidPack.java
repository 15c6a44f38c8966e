package io.yiwang.model.domain;

import java.util.regex.Pattern;

/** A pack contradicts itself; it knows the word to look for in the file. */
final class InvalidPack extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String word;
    private final boolean last;

    private InvalidPack(String word, boolean last, String message) {
        super(message);
        this.word = word;
        this.last = last;
    }

    /** {@code word} is used but means nothing. */
    static InvalidPack at(String word, String message) {
        return new InvalidPack(word, false, message);
    }

    /** {@code word} is defined more than once. */
    static InvalidPack twice(String word, String message) {
        return new InvalidPack(word, true, message);
    }

    /** The line of {@code text}, from 1, that most likely holds the mistake; 0 when unknown. */
    int lineIn(String text) {
        var found = 0;
        var number = 0;
        for (var line : text.lines().toList()) {
            number++;
            if (line.matches(".*(^|[^A-Za-z0-9_])" + Pattern.quote(word) + "($|[^A-Za-z0-9_]).*")) {
                found = number;
                if (!last) {
                    return found;
                }
            }
        }
        return found;
    }
}
