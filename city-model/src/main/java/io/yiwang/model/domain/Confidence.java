package io.yiwang.model.domain;

import java.util.Set;

/** How sure a source is: V read in the text itself, P second-hand, K to be confirmed by the site. */
final class Confidence {
    private static final Set<String> ALL = Set.of("V", "P", "K");

    private Confidence() {}

    static String checked(String confidence) {
        if (!ALL.contains(confidence)) {
            throw new IllegalArgumentException("confidence is V, P or K, not " + confidence);
        }
        return confidence;
    }
}
