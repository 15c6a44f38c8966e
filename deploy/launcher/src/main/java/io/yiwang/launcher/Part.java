package io.yiwang.launcher;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A part of the running city.
 *
 * @param needs names of the parts that must be up before it is started the first time
 * @param ready asks the running part whether it can do its job; called again and again until true
 * @param port where it serves, 0 when it serves none
 */
record Part(String name, List<String> needs, Program program, BooleanSupplier ready, int port) {
    Part {
        needs = List.copyOf(needs);
    }
}
