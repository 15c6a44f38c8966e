package io.yiwang.ingest.decode.hj212;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The commands (CN) that devices send and that mean something here; HJ 212-2017 table 9, and two of 2025. */
public enum Command {
    REALTIME("2011", Meaning.READINGS),
    STATES("2021", Meaning.READINGS),
    MINUTE("2051", Meaning.INTERVAL),
    HOUR("2061", Meaning.INTERVAL),
    DAY("2031", Meaning.INTERVAL),
    /** Hours that each device ran on a day. */
    RUN_HOURS("2041", Meaning.INTERVAL),
    /** Means of a furnace's temperature over five minutes (2025). */
    FURNACE("2111", Meaning.INTERVAL),
    /** When the logger started. */
    RESTART("2081", Meaning.OF_ITSELF),
    ASKS_TIME("1013", Meaning.OF_ITSELF),
    /** 2025. */
    HEARTBEAT("9015", Meaning.OF_ITSELF),
    REQUEST_ANSWER("9011", Meaning.ANSWER),
    RESULT("9012", Meaning.ANSWER),
    NOTICE_ANSWER("9013", Meaning.ANSWER),
    DATA_ANSWER("9014", Meaning.ANSWER);

    /** What a command is for us. */
    public enum Meaning {
        /** Values of an instant. */
        READINGS,
        /** Values over an interval. */
        INTERVAL,
        /** Something about the logger, without a value. */
        OF_ITSELF,
        /** Answer to something that was asked. */
        ANSWER
    }

    private static final Map<String, Command> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Command::number, Function.identity()));

    private final String number;
    private final Meaning meaning;

    Command(String number, Meaning meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** As frames write it. */
    public String number() {
        return number;
    }

    public Meaning meaning() {
        return meaning;
    }

    public boolean carriesValues() {
        return meaning == Meaning.READINGS || meaning == Meaning.INTERVAL;
    }

    /** Empty when nothing here knows it. */
    public static Optional<Command> of(String number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }
}
