package io.yiwang.streams.detect.verdict;

import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.wire.VerdictWord;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.kafka.AlarmVerdict;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How tolerant what was learned of a facility is made by officers' verdicts.
 *
 * <p>Only what was learned listens: the rules {@code <metric>.baseline}, by device, and {@code joint.<device>}. A limit comes from a
 * standard or from a person who may change it in the open; an instrument alarm says that nothing can be known; an incident is made of
 * others. None of them ever becomes more tolerant because an alarm was called false.
 *
 * <p>Each false alarm makes the band {@value #STEP} times as wide, at most {@value #MOST} times; each real one takes back the newest
 * such step; one that was expected has the new course learned once and leaves the band. A word counts from the moment it was said for
 * {@link #FADES}. The last word on an alarm counts, so taking it back leaves nothing. Answers are a function of the last words and of
 * the time asked for, whatever order the words came in: of one subject the newest {@value #MOST_WORDS} alarms with a word are
 * remembered.
 *
 * <p>Without any word it costs a look into an empty map.
 */
public final class Tolerance {
    public static final double STEP = 1.25;
    public static final double MOST = 2;
    public static final Duration FADES = Duration.ofDays(180);

    static final int MOST_WORDS = 16;
    static final int MOST_SUBJECTS = 512;

    /** 2: says when what is expected is to be learned. */
    private static final int VERSION = 2;

    private static final int WITH_ACCEPTANCES = 1;
    private static final int MOST_STEPS = (int) Math.ceil(Math.log(MOST) / Math.log(STEP));
    private static final long NEVER = Long.MAX_VALUE;
    private static final long LEARNED = Long.MIN_VALUE;

    private final Map<Subject, Words> words;

    public Tolerance() {
        this(new TreeMap<>());
    }

    private Tolerance(Map<Subject, Words> words) {
        this.words = words;
    }

    /**
     * Something learned.
     *
     * @param rule {@code <metric>.baseline} or {@code joint.<device>}
     */
    public record Subject(String rule, String device) implements Comparable<Subject> {
        private static final Comparator<Subject> ORDER =
                Comparator.comparing(Subject::rule).thenComparing(Subject::device);

        @Override
        public int compareTo(Subject other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * What the words on a subject come to.
     *
     * @param factor how much wider than learned the band is, 1 to {@value Tolerance#MOST}
     * @param widenedBy ids of the alarms that widened it, oldest first
     */
    public record Explanation(double factor, List<String> widenedBy) {
        public static final Explanation NONE = new Explanation(1, List.of());
    }

    /** @param learnMillis from when on the course is to be learned that was expected: not before it was said, nor in what is settled */
    private record Word(String alarm, long atMillis, VerdictWord word, long learnMillis) {
        static final Comparator<Word> ORDER =
                Comparator.comparingLong(Word::atMillis).thenComparing(Word::alarm);
    }

    /** The words on one subject, oldest first; words taken back hold their place, so that an older one cannot come back. */
    private static final class Words {
        private final List<Word> list;
        // Of the last answer, and for which times it is the answer.
        private Explanation answer = Explanation.NONE;
        private long answerFrom = NEVER;
        private long answerTill = NEVER;

        Words(List<Word> list) {
            this.list = list;
        }

        void say(Word said) {
            for (var known : list) {
                if (known.alarm.equals(said.alarm)) {
                    if (known.atMillis > said.atMillis || known.atMillis == said.atMillis && known.word == said.word) {
                        return;
                    }
                    list.remove(known);
                    break;
                }
            }
            list.add(said);
            list.sort(Word.ORDER);
            if (list.size() > MOST_WORDS) {
                list.remove(0);
            }
            answerFrom = NEVER;
        }

        boolean knows(String alarm) {
            return list.stream().anyMatch(word -> word.alarm.equals(alarm));
        }

        Explanation at(long millis) {
            if (millis < answerFrom || millis >= answerTill) {
                answer(millis);
            }
            return answer;
        }

        private void answer(long millis) {
            var steps = new ArrayDeque<String>();
            long from = Long.MIN_VALUE;
            long till = NEVER;
            for (var word : list) {
                long fades = word.atMillis + FADES.toMillis();
                if (fades <= millis) {
                    from = Math.max(from, fades);
                } else if (word.atMillis > millis) {
                    till = Math.min(till, word.atMillis);
                } else {
                    from = Math.max(from, word.atMillis);
                    till = Math.min(till, fades);
                    if (word.word == VerdictWord.FALSE_ALARM && steps.size() < MOST_STEPS) {
                        steps.addLast(word.alarm);
                    } else if (word.word == VerdictWord.REAL) {
                        steps.pollLast();
                    }
                }
            }
            answer = new Explanation(Math.min(MOST, Math.pow(STEP, steps.size())), List.copyOf(steps));
            answerFrom = from;
            answerTill = till;
        }

        boolean expects(long afterMillis, long tillMillis) {
            for (var word : list) {
                if (word.word == VerdictWord.EXPECTED
                        && word.learnMillis > afterMillis
                        && word.learnMillis <= tillMillis) {
                    return true;
                }
            }
            return false;
        }

        long newestMillis() {
            return list.isEmpty() ? Long.MIN_VALUE : list.get(list.size() - 1).atMillis;
        }
    }

    /**
     * Takes in a verdict on an alarm of the facility; the same one twice, or an older one on the same alarm, changes nothing.
     *
     * @param settledMillis up to which event time a device is not judged again: a word that came later than that counts from there
     * @return what it speaks of
     */
    public Set<Subject> on(AlarmVerdict verdict, ToLongFunction<String> settledMillis) {
        var subjects = subjects(verdict);
        for (var subject : subjects) {
            long settled = settledMillis.applyAsLong(subject.device);
            long learn = verdict.atMillis() > settled ? verdict.atMillis() : settled + 1;
            words.computeIfAbsent(subject, s -> new Words(new ArrayList<>(1)))
                    .say(new Word(verdict.alarm(), verdict.atMillis(), verdict.word(), learn));
        }
        while (words.size() > MOST_SUBJECTS) {
            words.remove(longestUnspoken());
        }
        return subjects;
    }

    private Set<Subject> subjects(AlarmVerdict verdict) {
        var rule = verdict.rule();
        var subjects = new TreeSet<Subject>();
        if (rule.startsWith(LearnedCondition.JOINT)) {
            subjects.add(new Subject(rule, rule.substring(LearnedCondition.JOINT.length())));
        } else if (rule.endsWith(RuleChecks.BASELINE)) {
            verdict.devices().forEach(device -> subjects.add(new Subject(rule, device)));
            // A corrected alarm may have fewer devices than when it was first spoken of.
            words.forEach((subject, said) -> {
                if (subject.rule.equals(rule) && said.knows(verdict.alarm())) {
                    subjects.add(subject);
                }
            });
        }
        return subjects;
    }

    private @Nullable Subject longestUnspoken() {
        Subject oldest = null;
        long oldestMillis = NEVER;
        for (var entry : words.entrySet()) {
            if (oldest == null || entry.getValue().newestMillis() < oldestMillis) {
                oldest = entry.getKey();
                oldestMillis = entry.getValue().newestMillis();
            }
        }
        return oldest;
    }

    /** How much wider than learned the subject's band is at a time, epoch ms; 1 to {@value #MOST}. */
    public double at(String rule, String device, long millis) {
        return explain(rule, device, millis).factor;
    }

    /** The same, with the reasons. */
    public Explanation explain(String rule, String device, long millis) {
        if (words.isEmpty()) {
            return Explanation.NONE;
        }
        var subject = words.get(new Subject(rule, device));
        return subject == null ? Explanation.NONE : subject.at(millis);
    }

    /** Rules of the device whose course is to be learned as it is, after one event time and no later than the other. */
    public Set<String> expected(String device, long afterMillis, long tillMillis) {
        if (words.isEmpty()) {
            return Set.of();
        }
        var rules = new TreeSet<String>();
        words.forEach((subject, said) -> {
            if (subject.device.equals(device) && said.expects(afterMillis, tillMillis)) {
                rules.add(subject.rule);
            }
        });
        return rules;
    }

    /** Forgets what is no longer in the catalogue. */
    public void keep(Predicate<Subject> stays) {
        words.keySet().removeIf(stays.negate());
    }

    public Tolerance copy() {
        var copied = new TreeMap<Subject, Words>();
        words.forEach((subject, said) -> copied.put(subject, new Words(new ArrayList<>(said.list))));
        return new Tolerance(copied);
    }

    /** Begins with its version; three bytes when nothing was said. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeShort(words.size());
        for (var entry : words.entrySet()) {
            var said = entry.getValue();
            out.writeUTF(entry.getKey().rule);
            out.writeUTF(entry.getKey().device);
            out.writeByte(said.list.size());
            for (var word : said.list) {
                out.writeUTF(word.alarm);
                out.writeLong(word.atMillis);
                out.writeByte(word.word.getNumber());
                if (word.word == VerdictWord.EXPECTED) {
                    out.writeLong(word.learnMillis);
                }
            }
        }
    }

    /** @throws IOException when it is of a version that is not known here, or not what {@link #write} wrote */
    public static Tolerance read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION && version != WITH_ACCEPTANCES) {
            throw new IOException("tolerance of version " + version + " cannot be read, only up to " + VERSION);
        }
        var read = new TreeMap<Subject, Words>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            var subject = new Subject(in.readUTF(), in.readUTF());
            long acceptedMillis = version == WITH_ACCEPTANCES ? in.readLong() : LEARNED;
            int count = in.readUnsignedByte();
            var list = new ArrayList<Word>(count);
            for (int i = 0; i < count; i++) {
                var alarm = in.readUTF();
                long atMillis = in.readLong();
                int number = in.readUnsignedByte();
                var word = VerdictWord.forNumber(number);
                if (word == null) {
                    throw new IOException("alarm " + alarm + " has a verdict that is not known: " + number);
                }
                long learnMillis = atMillis;
                if (word == VerdictWord.EXPECTED) {
                    learnMillis = version != WITH_ACCEPTANCES
                            ? in.readLong()
                            : atMillis <= acceptedMillis ? LEARNED : atMillis;
                }
                list.add(new Word(alarm, atMillis, word, learnMillis));
            }
            read.put(subject, new Words(list));
        }
        return new Tolerance(read);
    }
}
