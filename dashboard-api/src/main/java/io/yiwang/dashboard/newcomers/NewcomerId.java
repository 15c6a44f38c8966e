package io.yiwang.dashboard.newcomers;

import io.yiwang.model.id.Ids;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What somebody calls itself may be anything; this is how it is written in addresses and tables: an id as it is, and whatever is no id
 * coded, behind a character that ids do not have.
 */
final class NewcomerId {
    private static final String CODED = "~";

    private NewcomerId() {}

    static String coded(String name) {
        return Ids.isValid(name)
                ? name
                : CODED + Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException when nothing is coded so */
    static String name(String coded) {
        return coded.startsWith(CODED)
                ? new String(Base64.getUrlDecoder().decode(coded.substring(1)), StandardCharsets.UTF_8)
                : coded;
    }
}
