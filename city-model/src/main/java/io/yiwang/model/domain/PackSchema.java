package io.yiwang.model.domain;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.yiwang.model.domain.YamlFile.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** The shape of packs, {@code pack.schema.json}, and what is wrong with a file that has another one. */
final class PackSchema {
    private static final String FILE = "/domains/pack.schema.json";
    private static final String ID = "urn:yiwang:domain-pack";

    private final Schema pack;
    private final Schema rates;
    private final JsonNode document;

    PackSchema() {
        try (var in = PackSchema.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not in the jar");
            }
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var registry = SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(ID, text)));
            pack = registry.getSchema(SchemaLocation.of(ID));
            document = pack.getSchemaNode();
            rates = registry.getSchema("{\"$ref\": \"" + ID + "#/$defs/rateFile\"}", InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that is wrong with a pack's shape. */
    List<Problem> problemsOfPack(JsonNode file) {
        return problems(pack, file);
    }

    /** The same for the file of city-wide rates. */
    List<Problem> problemsOfRates(JsonNode file) {
        return problems(rates, file);
    }

    private List<Problem> problems(Schema schema, JsonNode file) {
        var problems = new ArrayList<Problem>();
        for (var error : schema.validate(file)) {
            problems.add(problem(error, file));
        }
        return problems;
    }

    private Problem problem(Error error, JsonNode file) {
        var pointer = error.getInstanceLocation().toString();
        var value = file.at(JsonPointer.compile(pointer));
        var word = pointer.substring(pointer.lastIndexOf('/') + 1);
        var what = word.isEmpty() ? "the file" : word.matches("[0-9]+") ? "this" : "'" + word + "'";
        var property = error.getProperty();
        var rule = schemaAt(error.getSchemaLocation().getFragment().toString());
        if (value.isNull()) {
            return new Problem(pointer, what + " is empty; leave it out or fill it");
        }
        return switch (error.getKeyword()) {
            case "additionalProperties" ->
                new Problem(pointer + "/" + escaped(property), unknownWord(property, siblings(error)));
            case "required", "dependentRequired" -> new Problem(pointer, "'" + missing(error) + "' is missing");
            case "type" -> new Problem(pointer, what + " " + wrongType(value, rule));
            case "enum" -> new Problem(pointer, what + " is " + shown(value) + "; it must be one of " + listed(rule));
            case "pattern" ->
                new Problem(
                        property == null ? pointer : pointer + "/" + escaped(property),
                        (property == null ? what + " is " + shown(value) : "the name '" + property + "'")
                                + (rule.asString().equals("\\S")
                                        ? ", which says nothing"
                                        : " does not match " + rule.asString()));
            case "minimum" -> new Problem(pointer, what + " is " + shown(value) + "; it must be at least " + rule);
            case "maximum" -> new Problem(pointer, what + " is " + shown(value) + "; it must be at most " + rule);
            case "exclusiveMinimum" ->
                new Problem(pointer, what + " is " + shown(value) + "; it must be more than " + rule);
            case "minItems", "maxItems" ->
                new Problem(
                        pointer,
                        what + " has " + value.size() + " entries; it must have at "
                                + (error.getKeyword().startsWith("min") ? "least " : "most ") + rule);
            case "uniqueItems" -> new Problem(pointer, what + " names something twice");
            default -> new Problem(pointer, what + ": " + error.getMessage());
        };
    }

    private JsonNode schemaAt(String fragment) {
        return document.at(JsonPointer.compile(fragment));
    }

    /** The words that are allowed beside an unknown one. */
    private Collection<String> siblings(Error error) {
        var fragment = error.getSchemaLocation().getFragment().toString();
        return schemaAt(fragment.substring(0, fragment.lastIndexOf('/')))
                .path("properties")
                .propertyNames();
    }

    private static String missing(Error error) {
        if (error.getProperty() != null) {
            return error.getProperty();
        }
        return error.getArguments().length == 0 ? error.getMessage() : String.valueOf(error.getArguments()[0]);
    }

    private static String unknownWord(String word, Collection<String> allowed) {
        return "unknown word '" + word + "'; "
                + nearest(word, allowed)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("there may be " + String.join(", ", allowed));
    }

    private static Optional<String> nearest(String word, Collection<String> allowed) {
        return allowed.stream().filter(other -> edits(word, other) <= 2).findFirst();
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                var above = row[j];
                row[j] = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    private static String wrongType(JsonNode value, JsonNode wanted) {
        var types = wanted.isArray() ? listed(wanted) : wanted.asString();
        var hint = types.equals("string") && value.isValueNode() ? ": put it in quotes" : "";
        return "is " + kind(value) + "; it must be of type " + types + hint;
    }

    private static String kind(JsonNode value) {
        if (value.isObject()) {
            return "a mapping";
        }
        if (value.isArray()) {
            return "a list";
        }
        return value.isString() ? "the text " + shown(value) : shown(value);
    }

    private static String shown(JsonNode value) {
        if (value.isContainer()) {
            return kind(value);
        }
        return value.isString() ? "'" + value.asString() + "'" : value.asString();
    }

    private static String listed(JsonNode values) {
        var texts = new ArrayList<String>();
        values.forEach(value -> texts.add(value.asString()));
        return String.join(", ", texts);
    }

    private static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }
}
