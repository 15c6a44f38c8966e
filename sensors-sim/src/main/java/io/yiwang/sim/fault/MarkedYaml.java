package io.yiwang.sim.fault;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** YAML that still knows on which line everything stood. */
final class MarkedYaml {
    private static final YAMLMapper YAML = YAMLMapper.shared();

    private MarkedYaml() {}

    /** A part of the file; lines count from 1. */
    sealed interface Node permits Mapping, Sequence, Scalar {
        int line();
    }

    record Mapping(int line, Map<String, Node> entries) implements Node {}

    record Sequence(int line, List<Node> items) implements Node {}

    record Scalar(int line, String text) implements Node {}

    /** @throws Scenario.Refused when it is not YAML */
    static Node read(String text) {
        try (var parser = YAML.createParser(text)) {
            if (parser.nextToken() == null) {
                throw refused(1, "the file is empty");
            }
            return node(parser);
        } catch (JacksonException e) {
            var location = e.getLocation();
            throw refused(location == null ? 1 : Math.max(1, location.getLineNr()), e.getOriginalMessage());
        }
    }

    private static Node node(JsonParser parser) {
        var line = Math.max(1, parser.currentTokenLocation().getLineNr());
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            var entries = new LinkedHashMap<String, Node>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var nameLine = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                if (entries.put(name, node(parser)) != null) {
                    throw refused(nameLine, "'" + name + "' is there twice");
                }
            }
            return new Mapping(line, entries);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            var items = new ArrayList<Node>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(parser));
            }
            return new Sequence(line, items);
        }
        return new Scalar(line, parser.getString());
    }

    private static Scenario.Refused refused(int line, String what) {
        return new Scenario.Refused(List.of(new Scenario.Flaw(line, what)));
    }
}
