package io.yiwang.sim.city;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import io.yiwang.sim.city.City.District;
import io.yiwang.sim.city.City.Place;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws the demo city. The same seed gives the same city; a larger city of a seed contains the smaller one (only who feeds whom
 * may change).
 */
public final class CityGenerator {
    /** A device that should be quick reports this often, s; others up to {@link #SLOWEST_SECONDS}. */
    private static final int QUICKEST_SECONDS = 5;

    private static final int MIDDLE_SECONDS = 10;
    private static final int SLOWEST_SECONDS = 15;
    private static final int CANDIDATES = 12;
    private static final double ROUNDING = 1e5;

    private final CityPlan plan = CityPlan.demo();
    private final DomainPacks packs;
    private final long seed;
    private final DeviceKeys keys;

    public CityGenerator(DomainPacks packs, long seed, DeviceKeys keys) {
        this.packs = packs;
        this.seed = seed;
        this.keys = keys;
    }

    /** @param facilities how many, 1 to 100 000 */
    public City generate(int facilities) {
        if (facilities < 1 || facilities > 100_000) {
            throw new IllegalArgumentException("a city has 1 to 100000 facilities, not " + facilities);
        }
        var districts = districts();
        var drawn = new ArrayList<Facility.Builder>();
        var counts = counts(facilities);
        for (int kind = 0; kind < plan.facilities().size(); kind++) {
            var mix = plan.facilities().get(kind);
            var neighbours = new HashMap<String, List<Place>>();
            for (int i = 0; i < counts[kind]; i++) {
                drawn.add(facility(mix, kind, i, districts, neighbours));
            }
        }
        var byType = new HashMap<String, List<Facility.Builder>>();
        drawn.forEach(f -> byType.computeIfAbsent(f.getDomain() + "/" + f.getType(), t -> new ArrayList<>())
                .add(f));
        drawn.forEach(facility -> addUpstream(facility, byType));
        return new City(
                plan.name(),
                districts,
                drawn.stream().map(Facility.Builder::build).toList());
    }

    /** Largest remainder, so that the sum is right and small cities get the big shares first. */
    private int[] counts(int facilities) {
        var mixes = plan.facilities();
        var total = mixes.stream().mapToDouble(CityPlan.Mix::share).sum();
        var counts = new int[mixes.size()];
        var remainders = new double[mixes.size()];
        var left = facilities;
        for (int i = 0; i < counts.length; i++) {
            var exact = facilities * mixes.get(i).share() / total;
            counts[i] = (int) exact;
            remainders[i] = exact - counts[i];
            left -= counts[i];
        }
        var order = new ArrayList<Integer>();
        for (int i = 0; i < counts.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble((Integer i) -> -remainders[i]).thenComparing(i -> i));
        for (int i = 0; i < left; i++) {
            counts[order.get(i % order.size())]++;
        }
        return counts;
    }

    private Facility.Builder facility(
            CityPlan.Mix mix, int kind, int index, List<District> districts, Map<String, List<Place>> neighbours) {
        var domain = packs.domain(mix.domain()).orElseThrow();
        var type = domain.typesById().get(mix.type());
        var id = String.format("%s-%03d", mix.prefix(), index + 1);
        var random = new Random(Hash.of(seed, id));
        var district = districts.get(Math.floorMod(index + (int) (Hash.mix(seed, kind) & 0xFFFF), districts.size()));
        var place = place(district, neighbours.computeIfAbsent(district.id(), d -> new ArrayList<>()), random);
        var facility = Facility.newBuilder()
                .setId(id)
                .setDomain(mix.domain())
                .setType(mix.type())
                .setDistrict(district.id())
                .setName(text(name(type, kind, index)))
                .setLongitude(place.longitude())
                .setLatitude(place.latitude())
                .setInService(true);
        var factor = 0.8 + 0.05 * random.nextInt(10);
        for (var parameter : mix.vary()) {
            facility.putParameters(parameter, Math.rint(type.parameters().get(parameter) * factor));
        }
        for (var template : type.devices()) {
            facility.addDevices(device(id, template));
        }
        return facility;
    }

    private Device device(String facility, FacilityType.DeviceTemplate template) {
        var id = facility + "-" + template.id();
        var device =
                Device.newBuilder().setId(id).setName(text(template.name())).setCredential(keys.credential(id));
        var fastest = template.metrics().stream()
                .mapToInt(m -> packs.metric(m).orElseThrow().period())
                .min()
                .orElse(0);
        // A demo must visibly move: laboratory analysers and battery loggers report far more often than real ones do.
        var period = fastest <= 30 ? QUICKEST_SECONDS : fastest <= 300 ? MIDDLE_SECONDS : SLOWEST_SECONDS;
        template.metrics()
                .forEach(metric ->
                        device.addPoints(Point.newBuilder().setMetric(metric).setPeriodSeconds(period)));
        return device.build();
    }

    /** Places repeat only after all were used; the repetition is numbered. */
    private Name name(FacilityType type, int kind, int index) {
        var places = new ArrayList<>(plan.places());
        Collections.shuffle(places, new Random(Hash.mix(seed, 1000 + kind)));
        var place = places.get(index % places.size());
        var round = index / places.size() + 1;
        return round == 1
                ? new Name(
                        place.zh() + type.name().zh(),
                        place.en() + " " + lower(type.name().en()))
                : new Name(
                        place.zh() + round + "号" + type.name().zh(),
                        place.en() + " " + lower(type.name().en()) + " No. " + round);
    }

    private static String lower(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    /** Of some random places in the district the one furthest from its kind. */
    private static Place place(District district, List<Place> taken, Random random) {
        var west =
                district.boundary().stream().mapToDouble(Place::longitude).min().orElseThrow();
        var east =
                district.boundary().stream().mapToDouble(Place::longitude).max().orElseThrow();
        var south =
                district.boundary().stream().mapToDouble(Place::latitude).min().orElseThrow();
        var north =
                district.boundary().stream().mapToDouble(Place::latitude).max().orElseThrow();
        Place best = null;
        var bestDistance = -1.0;
        var found = 0;
        while (found < CANDIDATES) {
            var candidate = new Place(
                    rounded(west + (east - west) * random.nextDouble()),
                    rounded(south + (north - south) * random.nextDouble()));
            if (district.contains(candidate)) {
                found++;
                var distance =
                        taken.stream().mapToDouble(candidate::distanceTo).min().orElse(1);
                if (distance > bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
        }
        taken.add(best);
        return best;
    }

    private void addUpstream(Facility.Builder facility, Map<String, List<Facility.Builder>> byType) {
        var mix = plan.facilities().stream()
                .filter(m -> m.domain().equals(facility.getDomain()) && m.type().equals(facility.getType()))
                .findFirst()
                .orElseThrow();
        var here = new Place(facility.getLongitude(), facility.getLatitude());
        for (var type : mix.upstream()) {
            byType.getOrDefault(facility.getDomain() + "/" + type, List.of()).stream()
                    .min(Comparator.comparingDouble(f -> here.distanceTo(new Place(f.getLongitude(), f.getLatitude()))))
                    .ifPresent(nearest -> facility.addUpstream(nearest.getId()));
        }
    }

    /** A grid whose inner corners are shifted; neighbours share their corners, so the districts tile the area. */
    private List<District> districts() {
        var districts = new ArrayList<District>();
        for (int row = 0; row < plan.rows(); row++) {
            for (int column = 0; column < plan.columns(); column++) {
                var ring = new ArrayList<Place>();
                // Half steps: corners and the middles of the edges, counter-clockwise from the south-west.
                int[][] path = {{0, 0}, {1, 0}, {2, 0}, {2, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}, {0, 0}};
                for (var step : path) {
                    ring.add(corner(2 * column + step[0], 2 * row + step[1]));
                }
                var district = plan.districts().get(row * plan.columns() + column);
                districts.add(new District(district.id(), district.name(), ring));
            }
        }
        return districts;
    }

    private Place corner(int x, int y) {
        var area = plan.area();
        var width = (area.east() - area.west()) / plan.columns() / 2;
        var height = (area.north() - area.south()) / plan.rows() / 2;
        var random = new Random(Hash.mix(Hash.of(seed, "corner"), 1000L * y + x));
        var inner = 0.3;
        var outer = 0.12;
        var atSide = x == 0 || x == 2 * plan.columns();
        var atEnd = y == 0 || y == 2 * plan.rows();
        var dx = width * (atSide ? outer : inner) * (2 * random.nextDouble() - 1);
        var dy = height * (atEnd ? outer : inner) * (2 * random.nextDouble() - 1);
        return new Place(rounded(area.west() + x * width + dx), rounded(area.south() + y * height + dy));
    }

    private static double rounded(double degrees) {
        return Math.rint(degrees * ROUNDING) / ROUNDING;
    }

    private static Text text(Name name) {
        return Text.newBuilder().setZh(name.zh()).setEn(name.en()).build();
    }
}
