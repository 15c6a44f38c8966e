package io.yiwang.model.domain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One YAML 1.2 document as a tree of values that knows where in the file each of them stands. Plain data only: no anchors, aliases or
 * tags, no key twice; bounded in size and depth, so that no file can cost more than reading it.
 */
public final class YamlFile {
    static final int MOST_BYTES = 1 << 20;
    static final int MOST_DEPTH = 24;
    private static final int MOST_PROBLEMS = 50;
    private static final ScalarResolver SCALARS = new CoreScalarResolver(false);

    private final String name;
    private final Part root;

    /** Where something stands, from 1. */
    record Place(int line, int column) {
        static final Place TOP = new Place(1, 1);

        static Place of(Optional<Mark> mark) {
            return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(TOP);
        }
    }

    /**
     * Something wrong in the file.
     *
     * @param pointer JSON pointer to it
     */
    public record Problem(String pointer, String reason) {}

    /** @param place of the key in a mapping, of the value elsewhere */
    private record Part(JsonNode value, Place place, Map<String, Part> children) {}

    private record Wrong(Place place, String reason) {}

    private YamlFile(String name, Part root) {
        this.name = name;
        this.root = root;
    }

    /**
     * @param name of the file, for messages
     * @throws IllegalArgumentException with file, line, column and reason when it is not such a document
     */
    public static YamlFile read(InputStream in, String name) throws IOException {
        var bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    name + " is larger than " + MOST_BYTES / 1024 + " KiB, the most that is read");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " is not UTF-8", e);
        }
        var reading = new Reading();
        Part root;
        try {
            root = reading.document(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (Refused e) {
            throw refusal(name, List.of(e.wrong));
        } catch (MarkedYamlEngineException e) {
            var context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
            throw refusal(name, List.of(new Wrong(Place.of(e.getProblemMark()), e.getProblem() + context)));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(name + " is not YAML: " + e.getMessage(), e);
        }
        if (!reading.twice.isEmpty()) {
            throw refusal(name, reading.twice);
        }
        return new YamlFile(name, root);
    }

    public JsonNode root() {
        return root.value;
    }

    /** All problems, one a line, in the order of the file: {@code FILE line L column C: reason}. */
    public IllegalArgumentException refusal(List<Problem> problems) {
        return refusal(
                name,
                problems.stream()
                        .map(problem -> new Wrong(placeOf(problem.pointer), problem.reason))
                        .toList());
    }

    private static IllegalArgumentException refusal(String name, List<Wrong> wrongs) {
        var lines = new ArrayList<String>();
        wrongs.stream()
                .distinct()
                .sorted(Comparator.<Wrong>comparingInt(w -> w.place.line).thenComparingInt(w -> w.place.column))
                .forEach(wrong -> lines.add(
                        name + " line " + wrong.place.line + " column " + wrong.place.column + ": " + wrong.reason));
        if (lines.size() > MOST_PROBLEMS) {
            var more = lines.size() - MOST_PROBLEMS;
            lines.subList(MOST_PROBLEMS, lines.size()).clear();
            lines.add(name + ": and " + more + " more");
        }
        return new IllegalArgumentException(String.join("\n", lines));
    }

    /** Of the part itself, or of the nearest one around it when there is no such part. */
    Place placeOf(String pointer) {
        var part = root;
        for (var step : pointer.split("/")) {
            // Before the first slash there is nothing.
            if (step.isEmpty() && part == root) {
                continue;
            }
            var child = part.children.get(step.replace("~1", "/").replace("~0", "~"));
            if (child == null) {
                break;
            }
            part = child;
        }
        return part.place;
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Wrong wrong;

        Refused(Event at, String reason) {
            super(reason);
            wrong = new Wrong(Place.of(at.getStartMark()), reason);
        }
    }

    private static final class Reading {
        private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
        private final List<Wrong> twice = new ArrayList<>();
        private Iterator<Event> events = List.<Event>of().iterator();

        Part document(String text) {
            var settings = LoadSettings.builder().setCodePointLimit(MOST_BYTES).build();
            events = new Parse(settings).parseString(text).iterator();
            events.next();
            var start = events.next();
            if (start.getEventId() == Event.ID.StreamEnd) {
                throw new Refused(start, "the file is empty");
            }
            var root = part(events.next(), null, 1);
            events.next();
            var end = events.next();
            if (end.getEventId() != Event.ID.StreamEnd) {
                throw new Refused(end, "a second document begins here; such a file is one document");
            }
            return root;
        }

        /** @param place null = where the value begins */
        private Part part(Event event, @Nullable Place place, int depth) {
            if (depth > MOST_DEPTH) {
                throw new Refused(event, "nested more than " + MOST_DEPTH + " deep");
            }
            var at = place == null ? Place.of(event.getStartMark()) : place;
            plain(event);
            if (event instanceof ScalarEvent scalar) {
                return new Part(scalar(scalar), at, Map.of());
            }
            return event instanceof SequenceStartEvent ? sequence(at, depth) : mapping(event, at, depth);
        }

        private static void plain(Event event) {
            if (event instanceof AliasEvent
                    || event instanceof NodeEvent node && node.getAnchor().isPresent()) {
                throw new Refused(event, "anchors (&) and aliases (*) have no place here; write it out");
            }
            var tag = event instanceof ScalarEvent scalar
                    ? scalar.getTag()
                    : event instanceof CollectionStartEvent collection ? collection.getTag() : Optional.<String>empty();
            if (tag.isPresent()) {
                throw new Refused(event, "tags (" + tag.get() + ") have no place here");
            }
        }

        private Part sequence(Place at, int depth) {
            var array = NODES.arrayNode();
            var children = new LinkedHashMap<String, Part>();
            for (var event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
                var child = part(event, null, depth + 1);
                children.put(String.valueOf(array.size()), child);
                array.add(child.value);
            }
            return new Part(array, at, children);
        }

        private Part mapping(Event start, Place at, int depth) {
            if (!(start instanceof MappingStartEvent)) {
                throw new Refused(start, "neither text, list nor mapping");
            }
            var object = NODES.objectNode();
            var children = new LinkedHashMap<String, Part>();
            for (var event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
                plain(event);
                if (!(event instanceof ScalarEvent key)) {
                    throw new Refused(event, "a key must be a word");
                }
                var keyAt = Place.of(event.getStartMark());
                var child = part(events.next(), keyAt, depth + 1);
                var first = children.putIfAbsent(key.getValue(), child);
                if (first == null) {
                    object.set(key.getValue(), child.value);
                } else {
                    twice.add(new Wrong(
                            keyAt, "'" + key.getValue() + "' is there twice, first in line " + first.place.line));
                }
            }
            return new Part(object, at, children);
        }

        private static JsonNode scalar(ScalarEvent scalar) {
            var text = scalar.getValue();
            if (!scalar.isPlain()) {
                return NODES.stringNode(text);
            }
            var tag = SCALARS.resolve(text, true);
            if (tag.equals(Tag.NULL)) {
                return NODES.nullNode();
            }
            if (tag.equals(Tag.BOOL)) {
                return NODES.booleanNode(text.equalsIgnoreCase("true"));
            }
            if (!tag.equals(Tag.INT) && !tag.equals(Tag.FLOAT)) {
                return NODES.stringNode(text);
            }
            try {
                return text.matches("[-+]?[0-9]{1,18}")
                        ? NODES.numberNode(Long.parseLong(text))
                        : NODES.numberNode(finite(scalar, Double.parseDouble(text)));
            } catch (NumberFormatException e) {
                throw new Refused(scalar, text + " is not a finite decimal number");
            }
        }

        private static double finite(ScalarEvent scalar, double value) {
            if (!Double.isFinite(value)) {
                throw new Refused(scalar, scalar.getValue() + " is not a finite decimal number");
            }
            return value;
        }
    }
}
