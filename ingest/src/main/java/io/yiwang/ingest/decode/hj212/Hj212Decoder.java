package io.yiwang.ingest.decode.hj212;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.ingest.decode.Message;
import io.yiwang.ingest.decode.hj212.Command.Meaning;
import io.yiwang.ingest.decode.hj212.Piece.Broken;
import io.yiwang.ingest.decode.hj212.Piece.Frame;
import io.yiwang.model.RejectReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HJ 212 frames, one or several in a payload. They have no counter: a message is its device, its time, its metrics, and the length of
 * its interval, because a minute's means and a reading of its first moment can share all the rest. So a resend is the same again, and
 * 2011, 2051, 2061 and 2031 of one DataTime are four. A QN identifies nothing: many loggers leave it out.
 *
 * <p>Split messages: packets in one payload are joined wherever they are cut. A packet that comes alone is taken for itself if its end is
 * certain (its last item ends with a flag); it may leave DataTime to the first packet. Otherwise its last item is a flaw.
 */
public final class Hj212Decoder implements Decoder {
    private static final int MOST_MESSAGES = 1000;
    private static final int MOST_BROKEN = 8;
    private static final int MOST_SPLIT = 4096;
    private static final long SPLIT_PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** What the first packet of a split message said, for the later ones. */
    private record Begun(String dataTime, long atMillis) {}

    private final ChecksumWatch checksums;
    private final MinuteIntervals intervals = new MinuteIntervals();
    private final Counter countingCharacters;
    private final Counter resent;
    private final Map<String, Begun> split = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Begun> eldest) {
            return size() > MOST_SPLIT;
        }
    };

    public Hj212Decoder(MeterRegistry registry) {
        checksums = new ChecksumWatch(registry);
        countingCharacters = registry.counter("yiwang.ingest.hj212.lengths.in.characters");
        resent = registry.counter("yiwang.ingest.hj212.resent");
    }

    /** One whose counts nobody sees. */
    public Hj212Decoder() {
        this(new SimpleMeterRegistry());
    }

    @Override
    public Decoded decode(Arrival arrival) {
        var splitter = new FrameSplitter(FrameSplitter.LONGEST_SEGMENT);
        var pieces = new ArrayList<>(splitter.feed(arrival.payload()));
        pieces.addAll(splitter.end());
        if (pieces.isEmpty()) {
            return new Decoded.Unreadable(RejectReason.MALFORMED, "no frame");
        }
        if (pieces.size() > MOST_MESSAGES) {
            return new Decoded.Unreadable(
                    RejectReason.TOO_MANY_VALUES, "more than " + MOST_MESSAGES + " frames in one payload");
        }
        var outcome = new Outcome(arrival);
        pieces.forEach(piece -> piece.fold(outcome::frame, outcome::broken));
        outcome.endSplit();
        return outcome.decoded();
    }

    /** What a payload turns out to say, while it is read. */
    private final class Outcome {
        private final Arrival arrival;
        private final List<Message> messages = new ArrayList<>(2);
        private final List<Decoded.Flaw> flaws = new ArrayList<>(0);
        private boolean anyFrame;
        private int brokenPieces;
        /** Packets of a split message that are not closed yet, joined. */
        private @Nullable Segment open;

        private int lastPacket;

        Outcome(Arrival arrival) {
            this.arrival = arrival;
        }

        @Nullable
        Void broken(Broken broken) {
            endSplit();
            // Each flaw becomes a record with the whole payload: noise must not become many times itself.
            if (brokenPieces++ < MOST_BROKEN) {
                flaw(broken.reason(), broken.detail(), 0);
            }
            return null;
        }

        @Nullable
        Void frame(Frame frame) {
            var segment = Segment.read(frame.segment()).orElse(null);
            if (segment == null) {
                endSplit();
                flaw(RejectReason.MALFORMED, "the segment has no CN or no CP=&&…&&", 0);
                return null;
            }
            checksums.saw(segment.device().isEmpty() ? arrival.client() : segment.device(), frame.checksum());
            if (frame.countsCharacters()) {
                countingCharacters.increment();
            }
            if (segment.resent()) {
                resent.increment();
            }
            var command = Command.of(segment.command()).orElse(null);
            if (command == null) {
                endSplit();
                flaw(RejectReason.UNSUPPORTED, "CN=" + segment.command() + " carries nothing that is taken here", 0);
            } else if (!command.carriesValues()) {
                endSplit();
                anyFrame = true;
            } else if (segment.isEncrypted()) {
                endSplit();
                flaw(RejectReason.ENCRYPTED, "the data area of CN=" + segment.command() + " is encrypted", 0);
            } else if (segment.isSplit()) {
                packet(segment);
            } else {
                endSplit();
                values(segment, command, segment.data(), 1);
            }
            return null;
        }

        private void packet(Segment segment) {
            var before = open;
            if (before != null && continues(before, segment)) {
                if (segment.packet() > lastPacket) {
                    open = with(before, DataArea.joined(before.data(), segment.data()));
                    lastPacket = segment.packet();
                }
            } else {
                endSplit();
                open = segment;
                lastPacket = segment.packet();
            }
            if (lastPacket >= segment.packets()) {
                endSplit();
            }
        }

        private boolean continues(Segment before, Segment next) {
            return before.number().equals(next.number())
                    && before.command().equals(next.command())
                    && before.device().equals(next.device())
                    && next.packet() <= lastPacket + 1;
        }

        private static Segment with(Segment of, String data) {
            return new Segment(
                    of.number(),
                    of.system(),
                    of.command(),
                    of.password(),
                    of.device(),
                    of.version(),
                    of.asksAnswer(),
                    of.packets(),
                    of.packet(),
                    of.resent(),
                    data);
        }

        /** No further packet of the split message comes in this payload. */
        void endSplit() {
            var ended = open;
            if (ended == null) {
                return;
            }
            open = null;
            var command = Command.of(ended.command()).orElseThrow();
            if (lastPacket >= ended.packets() || DataArea.isClosed(ended.data())) {
                values(ended, command, ended.data(), ended.packet());
            } else {
                flaw(
                        RejectReason.MALFORMED,
                        "packet " + lastPacket + " of " + ended.packets()
                                + " may end inside an item, and the next one did not come with it: its last item is left out",
                        1);
                values(ended, command, DataArea.withoutLast(ended.data()), ended.packet());
            }
        }

        private void values(Segment segment, Command command, String data, int packet) {
            var area = DataArea.read(data);
            area.flaws().forEach(flaw -> flaw(RejectReason.MALFORMED, flaw, 1));
            var dataTime = segment.isSplit() ? dataTime(segment, area.dataTime(), packet) : area.dataTime();
            if (dataTime == null) {
                flaw(
                        RejectReason.MISSING_FIELD,
                        "DataTime is missing",
                        area.items().size());
                return;
            }
            var millis = LoggerTime.millis(dataTime);
            if (millis.isEmpty()) {
                flaw(
                        RejectReason.MALFORMED,
                        "DataTime=" + (dataTime.length() > 40 ? dataTime.substring(0, 40) : dataTime)
                                + " is no time of the form yyyyMMddHHmmss",
                        area.items().size());
                return;
            }
            if (area.items().isEmpty()) {
                flaw(RejectReason.MISSING_FIELD, "no value", 0);
                return;
            }
            anyFrame = true;
            var items = new Items(segment.system(), area);
            if (command.meaning() == Meaning.INTERVAL) {
                interval(segment, command, millis.getAsLong(), items);
            } else {
                items.byTime(millis.getAsLong(), this::flaw)
                        .forEach((time, values) -> messages.add(new Message(segment.device(), "", 0, time, 0, values)));
            }
        }

        private void interval(Segment segment, Command command, long beginMillis, Items items) {
            int seconds = switch (command) {
                case MINUTE -> intervals.seconds(arrival.client() + '|' + segment.device(), beginMillis);
                case HOUR -> 3_600;
                case FURNACE -> 300;
                default -> 86_400;
            };
            var values = items.overInterval(this::flaw);
            if (!values.isEmpty()) {
                messages.add(new Message(segment.device(), "", 0, beginMillis, seconds, values));
            }
        }

        /** That of the area, else that of an earlier packet. */
        private @Nullable String dataTime(Segment segment, @Nullable String said, int packet) {
            var key = arrival.client() + '|' + segment.device() + '|' + segment.number() + '|' + segment.command();
            long now = arrival.receivedMillis();
            synchronized (split) {
                if (said != null) {
                    if (packet == 1) {
                        split.put(key, new Begun(said, now));
                    }
                    return said;
                }
                var begun = split.get(key);
                return begun == null || now - begun.atMillis() > SPLIT_PATIENCE_MILLIS ? null : begun.dataTime();
            }
        }

        private void flaw(RejectReason reason, String detail, int values) {
            flaws.add(new Decoded.Flaw(reason, detail, "", 0, 0, values));
        }

        Decoded decoded() {
            if (!anyFrame && messages.isEmpty() && flaws.size() == 1) {
                var flaw = flaws.get(0);
                if (flaw.valueCount() == 0) {
                    return new Decoded.Unreadable(flaw.reason(), flaw.detail());
                }
            }
            return messages.size() > MOST_MESSAGES
                    ? new Decoded.Unreadable(
                            RejectReason.TOO_MANY_VALUES, "more than " + MOST_MESSAGES + " messages in one payload")
                    : new Decoded.Messages(messages, flaws);
        }
    }
}
