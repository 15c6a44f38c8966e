package io.yiwang.dashboard.newcomers;

import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.newcomers.PayloadNames.Named;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType.DeviceTemplate;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.unit.Units;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a newcomer probably is: guessed from its id, its topic and the names in what it published, against ledger and packs. Only a
 * proposal for a person to look at; nothing is done by it.
 *
 * @param facility id; empty = no idea
 * @param type id of the device among those that the facility's type usually has; empty = none of them
 * @param device id that the device would get; empty = it must be chosen
 * @param points what it measures, with the name it has for it where that is another than the metric's code
 * @param choices the devices that facilities of the type usually have
 * @param unknownNames names in its payload that stand for nothing known
 * @param because of what, most telling first
 */
record Guess(
        String facility,
        String type,
        String device,
        String externalId,
        Name name,
        List<PointGuess> points,
        List<Choice> choices,
        List<String> unknownNames,
        List<Reason> because) {

    /** @param source empty = it says the metric's code */
    record PointGuess(String metric, String source, String unit) {}

    record Choice(String id, Name name, List<String> metrics) {}

    enum Reason {
        /** Its topic names the facility. */
        TOPIC,
        /** Its id begins with the facility's. */
        ID,
        /** Its id ends like that of a device that such facilities have. */
        DEVICE_TYPE,
        /** Its payload names what such a device measures. */
        PAYLOAD,
        /** It is the only device of such a facility that the ledger does not have yet. */
        MISSING_DEVICE
    }

    private static final int MOST_UNKNOWN = 20;

    Guess {
        points = List.copyOf(points);
        choices = List.copyOf(choices);
        unknownNames = List.copyOf(unknownNames);
        because = List.copyOf(because);
    }

    /** @param wanted facility that a person has chosen; null = guess that too */
    static Guess of(Knocker knocker, @Nullable String wanted, Assets assets, DomainPacks packs) {
        var because = new ArrayList<Reason>();
        var facility = wanted != null
                ? assets.facility(wanted).orElse(null)
                : facility(knocker, assets, because).orElse(null);
        var names = PayloadNames.of(knocker.payload());
        var domain =
                facility == null ? null : packs.domain(facility.getDomain()).orElse(null);
        var type =
                domain == null || facility == null ? null : domain.typesById().get(facility.getType());
        var templates = type == null ? List.<DeviceTemplate>of() : type.devices();
        var template = facility == null || domain == null
                ? null
                : template(knocker, facility, domain, templates, names, because).orElse(null);
        var points = new ArrayList<PointGuess>();
        var unknown = new ArrayList<String>();
        if (domain != null) {
            points(names, knocker.door().equals(Knocker.HJ212), template, domain, points, unknown);
        }
        if (points.isEmpty() && template != null) {
            template.metrics().forEach(metric -> points.add(new PointGuess(metric, "", "")));
        }
        boolean valid = Ids.isValid(knocker.id());
        var device = valid ? knocker.id() : "";
        return new Guess(
                facility == null ? "" : facility.getId(),
                template == null ? "" : template.id(),
                device,
                valid ? "" : Plain.text(knocker.id()).equals(knocker.id()) ? knocker.id() : "",
                template == null ? new Name(Plain.text(knocker.id()), Plain.text(knocker.id())) : template.name(),
                points,
                templates.stream()
                        .map(each -> new Choice(each.id(), each.name(), each.metrics()))
                        .toList(),
                unknown.subList(0, Math.min(MOST_UNKNOWN, unknown.size())),
                because);
    }

    private static Optional<Facility> facility(Knocker knocker, Assets assets, List<Reason> because) {
        var byTopic = DeviceTopic.parse(knocker.topic()).flatMap(topic -> assets.facility(topic.facility()));
        if (byTopic.isPresent()) {
            because.add(Reason.TOPIC);
            return byTopic;
        }
        var id = knocker.id();
        for (int end = id.length(); end > 0; end--) {
            if (end == id.length() || "-_./:".indexOf(id.charAt(end)) >= 0) {
                var found = assets.facility(id.substring(0, end));
                if (found.isPresent()) {
                    because.add(Reason.ID);
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<DeviceTemplate> template(
            Knocker knocker,
            Facility facility,
            Domain domain,
            List<DeviceTemplate> templates,
            List<Named> names,
            List<Reason> because) {
        var id = knocker.id().toLowerCase(Locale.ROOT);
        var named = templates.stream()
                .filter(template -> {
                    // leak1, leak2: the second detector is one like the first.
                    var word = template.id().toLowerCase(Locale.ROOT).replaceAll("\\d+$", "");
                    return id.endsWith(template.id().toLowerCase(Locale.ROOT))
                            || !word.isEmpty() && id.replaceAll("\\d+$", "").endsWith(word);
                })
                .max(Comparator.comparing((DeviceTemplate template) ->
                                id.endsWith(template.id().toLowerCase(Locale.ROOT)))
                        .thenComparing(template -> template.id().length()));
        if (named.isPresent()) {
            because.add(Reason.DEVICE_TYPE);
            return named;
        }
        var byNames = new TreeMap<Long, DeviceTemplate>(Comparator.reverseOrder());
        for (var template : templates) {
            var metrics = metrics(template, domain);
            long hits = names.stream()
                    .filter(name -> match(name.name(), metrics).isPresent())
                    .count();
            if (hits > 0) {
                byNames.putIfAbsent(hits, template);
            }
        }
        if (!byNames.isEmpty()) {
            because.add(Reason.PAYLOAD);
            return Optional.of(byNames.firstEntry().getValue());
        }
        if (!names.isEmpty()) {
            return Optional.empty();
        }
        var measured = new HashSet<String>();
        facility.getDevicesList()
                .forEach(device -> device.getPointsList().forEach(point -> measured.add(point.getMetric())));
        var missing = templates.stream()
                .filter(template -> template.metrics().stream().noneMatch(measured::contains))
                .toList();
        if (missing.size() == 1) {
            because.add(Reason.MISSING_DEVICE);
            return Optional.of(missing.get(0));
        }
        return Optional.empty();
    }

    private static List<Metric> metrics(@Nullable DeviceTemplate template, Domain domain) {
        return template == null
                ? List.of()
                : template.metrics().stream()
                        .map(domain.metricsByCode()::get)
                        .filter(metric -> metric != null)
                        .toList();
    }

    private static void points(
            List<Named> names,
            boolean hj212,
            @Nullable DeviceTemplate template,
            Domain domain,
            List<PointGuess> points,
            List<String> unknown) {
        var likely = metrics(template, domain);
        var all = domain.metricsByCode().values().stream()
                .sorted(Comparator.comparing(Metric::code))
                .toList();
        var taken = new LinkedHashMap<String, PointGuess>();
        for (var named : names) {
            var metric = match(named.name(), likely).or(() -> match(named.name(), all));
            if (metric.isEmpty()) {
                unknown.add(named.name());
                continue;
            }
            var code = metric.get().code();
            var metricUnit = metric.get().unit();
            boolean useful = !named.unit().isEmpty()
                    && !named.unit().equals(metricUnit)
                    && Units.conversion(named.unit(), metricUnit).isPresent();
            // What a logger calls it by its standard, the pack says already.
            boolean understood =
                    named.name().equals(code) || hj212 && metric.get().codes().containsValue(named.name());
            taken.putIfAbsent(code, new PointGuess(code, understood ? "" : named.name(), useful ? named.unit() : ""));
        }
        points.addAll(taken.values());
    }

    /** The only metric that the name can stand for. */
    private static Optional<Metric> match(String name, List<Metric> metrics) {
        var exact = metrics.stream()
                .filter(metric -> metric.code().equals(name)
                        || metric.name().zh().equals(name)
                        || metric.name().en().equalsIgnoreCase(name))
                .findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        var coded = metrics.stream()
                .filter(metric -> metric.codes().containsValue(name))
                .toList();
        if (!coded.isEmpty()) {
            return coded.size() == 1 ? Optional.of(coded.get(0)) : Optional.empty();
        }
        var words = words(name);
        var found = metrics.stream()
                .filter(metric -> words(metric.code()).containsAll(words))
                .toList();
        return words.isEmpty() || found.size() != 1 ? Optional.empty() : Optional.of(found.get(0));
    }

    /** {@code Outlet/COD} → outlet, cod. Single letters say too little. */
    private static Set<String> words(String name) {
        var words = new HashSet<String>();
        Arrays.stream(name.replaceAll("([a-z]{2})([A-Z])", "$1_$2")
                        .toLowerCase(Locale.ROOT)
                        .split("[^a-z0-9]+"))
                .filter(word -> word.length() > 1)
                .forEach(words::add);
        return words;
    }
}
