package io.yiwang.sim.city;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Placement.Site;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import io.yiwang.sim.city.RoadNet.Piece;
import io.yiwang.sim.city.RoadNet.Rank;
import io.yiwang.sim.signal.Hash;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Draws a city: land, roads, townships, then one facility after the other, and last what hangs on what. The same seed gives the same
 * city; a larger city of a seed contains the smaller one's facilities where they are (what feeds them, and whom they serve, may change).
 */
public final class CityGenerator {
    /** More facilities than this are refused. */
    public static final int MOST_FACILITIES = 100_000;

    private static final double HOUSE_FRONT = 12;
    private static final double SMALLEST = 0.8;
    private static final double LARGEST = 1.25;

    private final CityPlan plan = CityPlan.demo();
    private final DomainPacks packs;
    private final long seed;
    private final DeviceKeys keys;
    private final ReportingPace pace;

    public CityGenerator(DomainPacks packs, long seed, DeviceKeys keys) {
        this(packs, seed, keys, ReportingPace.DEMO);
    }

    public CityGenerator(DomainPacks packs, long seed, DeviceKeys keys, ReportingPace pace) {
        this.packs = packs;
        this.seed = seed;
        this.keys = keys;
        this.pace = pace;
    }

    /** @param facilities how many, 1 to 100 000; none at all when no pack says how its facilities are placed */
    public City generate(int facilities) {
        if (facilities < 1 || facilities > MOST_FACILITIES) {
            throw new IllegalArgumentException("a city has 1 to " + MOST_FACILITIES + " facilities, not " + facilities);
        }
        var land = new Land(plan, seed);
        var names = new Names(plan, Hash.of(seed, "names"));
        var roads = new RoadBuilder(plan, land, names, seed).build();
        var townships = new Townships(plan, land, roads, names, seed);
        var sites = new Sites(plan, land, roads);
        var kinds = kinds(sites);
        var relations = new Relations(kinds);
        var drawing = new Drawing(roads, townships, sites);
        var drawn = new ArrayList<Drawn>();
        for (var kind : turns(kinds, relations, facilities)) {
            drawn.add(drawing.draw(kind));
        }
        new Networks(roads, relations, drawn).connect();
        var pipes = new Pipes(roads, land, relations, plan.surveyed(), seed);
        pipes.lay(drawn);
        return new City(
                plan.name(),
                land.districts(),
                townships.streets(),
                drawn.stream()
                        .map(d -> d.facility.setHouseholds(d.households()).build())
                        .toList(),
                map(land, roads, pipes));
    }

    private List<Kind> kinds(Sites sites) {
        var kinds = new ArrayList<Kind>();
        var words = new HashSet<String>();
        for (var domain : packs.all()) {
            var word = domain.id().split("_")[0];
            // The first pack of a word keeps it, so that a further pack renames nothing.
            var prefix = words.add(word) ? word : domain.id().replace('_', '-');
            for (var type : domain.facilityTypes()) {
                var placement = type.placement();
                if (placement != null && placement.share() > 0) {
                    kinds.add(new Kind(
                            domain,
                            type,
                            placement,
                            prefix + "-" + placement.code() + "-",
                            sites.room(placement.site()),
                            seed));
                }
            }
        }
        return kinds;
    }

    /** The kinds of the city's facilities, one after the other: first what every domain needs, then by their shares. */
    private static List<Kind> turns(List<Kind> kinds, Relations relations, int facilities) {
        var turns = new ArrayList<Kind>();
        if (kinds.isEmpty()) {
            return turns;
        }
        var counts = new HashMap<Kind, Integer>();
        for (var kind : beginnings(kinds, relations)) {
            turns.add(kind);
            counts.merge(kind, 1, Integer::sum);
        }
        while (turns.size() < facilities) {
            var next = kinds.get(0);
            for (var kind : kinds) {
                if (kind.turn(counts.getOrDefault(kind, 0)) < next.turn(counts.getOrDefault(next, 0))) {
                    next = kind;
                }
            }
            for (var kind : withHubs(next, relations)) {
                if (kind == next || !counts.containsKey(kind)) {
                    turns.add(kind);
                    counts.merge(kind, 1, Integer::sum);
                }
            }
        }
        return turns.subList(0, facilities);
    }

    private static Set<Kind> beginnings(List<Kind> kinds, Relations relations) {
        var main = new HashMap<Domain, Kind>();
        for (var kind : kinds) {
            main.merge(
                    kind.domain(),
                    kind,
                    (a, b) -> b.placement().share() > a.placement().share() ? b : a);
        }
        var beginnings = new LinkedHashSet<Kind>();
        for (var kind : kinds) {
            if (main.get(kind.domain()) == kind) {
                beginnings.addAll(withHubs(kind, relations));
            }
        }
        return beginnings;
    }

    /** A kind after what it cannot do without. */
    private static Set<Kind> withHubs(Kind kind, Relations relations) {
        var all = new LinkedHashSet<Kind>();
        relations.hubs(kind).stream().findFirst().ifPresent(hub -> all.addAll(withHubs(hub, relations)));
        all.add(kind);
        return all;
    }

    /** Draws facilities one by one; what it draws depends on nothing that comes later. */
    private final class Drawing {
        private final RoadNet roads;
        private final Townships townships;
        private final Sites sites;
        private final Set<String> names = new HashSet<>();
        private final Map<String, Integer> rounds = new HashMap<>();

        Drawing(RoadNet roads, Townships townships, Sites sites) {
            this.roads = roads;
            this.townships = townships;
            this.sites = sites;
        }

        Drawn draw(Kind kind) {
            var id = kind.nextId();
            var random = new Random(Hash.of(seed, id));
            var placement = kind.placement();
            var standing = sites.find(placement.site(), kind.nextDistrict(), kind.taken(), random);
            kind.taken().add(standing.spot());
            var district = plan.districts().get(standing.district());
            var township = townships.of(standing.district(), standing.spot());
            var piece = roads.piece(standing.piece());
            var share = random.nextDouble();
            var size = SMALLEST + (LARGEST - SMALLEST) * share;
            var households = placement.households();
            var facility = Facility.newBuilder()
                    .setId(id)
                    .setDomain(kind.domain().id())
                    .setType(kind.type().id())
                    .setDistrict(district.id())
                    .setName(text(name(kind.type(), placement.site(), piece)))
                    .setLongitude(standing.place().longitude())
                    .setLatitude(standing.place().latitude())
                    .setInService(true)
                    .setStreet(township.street().id())
                    .setGrid(townships.grid(standing.district(), township, standing.place()))
                    .setOwner(owner(kind, piece, district.name(), township))
                    .setBuiltYear(builtYear(standing, random))
                    .setAddress(address(district, township, piece, standing));
            for (var parameter : placement.vary()) {
                facility.putParameters(
                        parameter, threeFigures(kind.type().parameters().get(parameter) * size));
            }
            for (var template : kind.type().devices()) {
                facility.addDevices(device(id, template));
            }
            var own = households == null ? 0 : (int) Math.round(households.low() + share * households.span());
            return new Drawn(kind, facility, standing, own, size);
        }

        /** Where it is and what it is; the second of the same name is No. 2. */
        private Name name(FacilityType type, Site site, Piece piece) {
            var where = where(site, piece);
            var round = rounds.merge(where.zh() + " " + type.name().zh(), 1, Integer::sum);
            while (true) {
                var name = round == 1
                        ? new Name(
                                where.zh() + type.name().zh(),
                                where.en() + " " + lower(type.name().en()))
                        : new Name(
                                where.zh() + round + "号" + type.name().zh(),
                                where.en() + " " + lower(type.name().en()) + " No. " + round);
                if (!names.contains(name.zh()) && !names.contains(name.en())) {
                    names.add(name.zh());
                    names.add(name.en());
                    return name;
                }
                round++;
            }
        }

        private String owner(Kind kind, Piece piece, Name district, Townships.Township township) {
            var placement = kind.placement();
            var pattern = placement.site() == Site.VILLAGE
                    ? plan.owners().village()
                    : placement.pipe() != null || feedsByPipe(kind)
                            ? plan.owners().network()
                            : placement.site() == Site.BLOCK
                                    ? plan.owners().block()
                                    : plan.owners().other();
            return pattern.replace("{city}", plan.name().zh())
                    .replace("{district}", district.zh())
                    .replace("{street}", township.street().name().zh())
                    .replace("{quarter}", piece.road().root().zh())
                    .replace("{domain}", kind.domain().name().zh());
        }

        private boolean feedsByPipe(Kind kind) {
            return kind.domain().facilityTypes().stream()
                    .map(FacilityType::placement)
                    .anyMatch(p -> p != null
                            && p.pipe() != null
                            && p.fedBy().contains(kind.type().id()));
        }

        /** The old town's facilities are the oldest. */
        private int builtYear(Standing standing, Random random) {
            var density = sites.density(standing);
            var age = (3 + 42 * StrictMath.pow(random.nextDouble(), 1.6)) * (0.45 + 0.55 * density);
            return plan.surveyed() - (int) age;
        }

        private String address(
                CityPlan.DistrictPlan district, Townships.Township township, Piece piece, Standing standing) {
            var village = piece.road().village();
            var along = piece.start() + standing.share() * piece.length();
            var number = 2 * (int) (along / HOUSE_FRONT) + (standing.aside() > 0 ? 1 : 2);
            return district.name().zh()
                    + township.street().name().zh()
                    + (village == null
                            ? piece.road().name().zh()
                            : village.name().zh())
                    + number + "号";
        }
    }

    private Name where(Site site, Piece piece) {
        var road = piece.road();
        if (road.village() != null) {
            return road.village().name();
        }
        return site == Site.BLOCK && road.rank() != Rank.COUNTRY_ROAD
                ? Names.with(road.root(), plan.words().quarter())
                : road.name();
    }

    private static String lower(String sentence) {
        // LNG station and the like stay as they are.
        return sentence.length() > 1 && Character.isUpperCase(sentence.charAt(1))
                ? sentence
                : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static double threeFigures(double value) {
        return new BigDecimal(value)
                .round(new MathContext(3, RoundingMode.HALF_EVEN))
                .doubleValue();
    }

    private Device device(String facility, FacilityType.DeviceTemplate template) {
        var id = facility + "-" + template.id();
        var device =
                Device.newBuilder().setId(id).setName(text(template.name())).setCredential(keys.credential(id));
        var period = pace.period(template, packs);
        template.metrics()
                .forEach(metric ->
                        device.addPoints(Point.newBuilder().setMetric(metric).setPeriodSeconds(period)));
        return device.build();
    }

    private City.Map map(Land land, RoadNet roads, Pipes pipes) {
        var plane = land.plane();
        var villages = new TreeSet<RoadNet.Village>(
                java.util.Comparator.comparing(v -> v.name().zh()));
        var pieces = new ArrayList<City.Road>();
        for (var piece : roads.pieces()) {
            var village = piece.road().village();
            if (village != null) {
                villages.add(village);
            }
            pieces.add(new City.Road(
                    piece.road().name(),
                    piece.road().rank().name().toLowerCase(Locale.ROOT),
                    List.of(plane.place(roads.junction(piece.from())), plane.place(roads.junction(piece.to())))));
        }
        return new City.Map(
                new City.River(
                        plan.river().name(),
                        plan.river().width(),
                        land.river().spots().stream().map(plane::place).toList()),
                pieces,
                villages.stream()
                        .map(v -> new City.Village(v.name(), plane.place(v.middle())))
                        .toList(),
                pipes.courses());
    }

    private static Text text(Name name) {
        return Text.newBuilder().setZh(name.zh()).setEn(name.en()).build();
    }
}
