package io.yiwang.yardsticks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a yardstick talks with whoever started it: its first line of output is {@code ready PORT} (0 where there is none), then each line of
 * input is answered by one line of output, and the end of the input is the end of the program.
 */
final class Dialogue {
    /** Answers a line, e.g. {@code count}; never null, one line. */
    @FunctionalInterface
    interface Answers {
        String to(String line) throws Exception;
    }

    private Dialogue() {}

    /** Holds the dialogue; returns at its end. */
    static void hold(int port, Answers answers) throws IOException {
        System.out.println("ready " + port);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            try {
                System.out.println(answers.to(line));
            } catch (Exception e) {
                System.out.println("failed: " + e);
            }
        }
    }

    /**
     * Arguments of the form {@code name=value}.
     *
     * @throws IllegalArgumentException when one of {@code needed} is missing
     */
    static Map<String, String> arguments(String[] given, String... needed) {
        var arguments = new TreeMap<String, String>();
        for (var argument : given) {
            int at = argument.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("'" + argument + "' is not name=value");
            }
            arguments.put(argument.substring(0, at), argument.substring(at + 1));
        }
        Arrays.stream(needed).filter(name -> !arguments.containsKey(name)).forEach(name -> {
            throw new IllegalArgumentException(name + "= is missing");
        });
        return arguments;
    }
}
