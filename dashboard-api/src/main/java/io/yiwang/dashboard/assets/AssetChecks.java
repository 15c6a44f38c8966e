package io.yiwang.dashboard.assets;

import com.fasterxml.jackson.annotation.JsonGetter;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What a census still has to look after: what is missing, there twice, or hangs together with nothing. */
final class AssetChecks {
    /** Two facilities of one type nearer than this are probably one, entered twice. */
    private static final double SAME_PLACE_M = 5;

    /** A whole file without places, all at one point, must not become all pairs of its rows. */
    private static final int MOST_DUPLICATES = 10;

    private static final double METRES_PER_DEGREE = 111_195;
    /** A little more than {@link #SAME_PLACE_M} at the equator, so that neighbours are in neighbouring cells. */
    private static final double CELL_DEGREES = SAME_PLACE_M / METRES_PER_DEGREE * 1.01;

    /** What is wrong. */
    enum Code {
        MISSING_FIELD("缺少 %1$s", "%1$s is not filled in"),
        NO_DEVICES("此类设施应有监测设备，台账中没有", "facilities of this type have devices; this one has none"),
        DUPLICATE("%2$s 米内有同类设施 %1$s", "%1$s of the same type is within %2$s m"),
        ORPHAN("此类设施应有上游，台账中没有", "facilities of this type are fed by others; nothing is upstream of this one"),
        NO_PIPE("与上游 %1$s 之间没有管段记录", "no pipe is recorded from %1$s, which feeds it"),
        UPSTREAM_WITHOUT_FACILITY("上游 %1$s 不在台账中", "upstream %1$s is not in the ledger"),
        PIPE_WITHOUT_FACILITY("管段 %1$s 的起点 %2$s 不在台账中", "pipe %1$s begins at %2$s, which is not in the ledger"),
        UNKNOWN_TYPE("没有此设施类型 %1$s", "no pack knows the facility type %1$s"),
        UNKNOWN_METRIC("领域没有指标 %1$s", "the pack does not know the metric %1$s"),
        OUTSIDE_DISTRICT("位置不在区县 %1$s 的边界内", "the place is outside the boundary of district %1$s");

        private final String zh;
        private final String en;

        Code(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }
    }

    /**
     * @param field JSON name of what to look at
     * @param other the other facility, pipe or word it is about; empty = none
     */
    record Lack(
            String facility,
            String domain,
            String type,
            String district,
            Name name,
            Code code,
            String field,
            String other,
            Name sentence) {
        /** Unique; lists are in the order of facilities, then of checks. */
        @JsonGetter
        String id() {
            return facility + "|" + code + "|" + field + "|" + other;
        }
    }

    private record Cell(String type, long x, long y) {}

    private final Assets assets;
    private final DomainPacks packs;
    private final Map<Cell, List<Facility>> places = new HashMap<>();

    AssetChecks(Assets assets, DomainPacks packs) {
        this.assets = assets;
        this.packs = packs;
        assets.facilities()
                .values()
                .forEach(f -> places.computeIfAbsent(cell(f, 0, 0), key -> new ArrayList<>(1))
                        .add(f));
    }

    /** Everything of these facilities, lazily and in their order. */
    Stream<Lack> of(Stream<Facility> facilities) {
        return facilities.flatMap(facility -> of(facility).stream());
    }

    private List<Lack> of(Facility facility) {
        var lacks = new ArrayList<Lack>();
        var domain = packs.domain(facility.getDomain()).orElse(null);
        var type = domain == null ? null : domain.typesById().get(facility.getType());
        if (domain == null || type == null) {
            lacks.add(lack(facility, Code.UNKNOWN_TYPE, "type", facility.getDomain() + "/" + facility.getType()));
        } else {
            ofType(facility, type, lacks);
            facility.getDevicesList().stream()
                    .flatMap(device -> device.getPointsList().stream())
                    .map(point -> point.getMetric())
                    .filter(metric -> !domain.metricsByCode().containsKey(metric))
                    .distinct()
                    .forEach(metric -> lacks.add(lack(facility, Code.UNKNOWN_METRIC, "devices", metric)));
        }
        missing(facility, "street", facility.getStreet().isEmpty(), lacks);
        missing(facility, "grid", facility.getGrid().isEmpty(), lacks);
        missing(facility, "owner", facility.getOwner().isEmpty(), lacks);
        missing(facility, "builtYear", facility.getBuiltYear() == 0, lacks);
        missing(facility, "address", facility.getAddress().isEmpty(), lacks);
        for (var pipe : facility.getPipesList()) {
            missingOf(
                    facility, pipe.getId(), "pipes.material", pipe.getMaterial().isEmpty(), lacks);
            missingOf(facility, pipe.getId(), "pipes.diameterMm", pipe.getDiameterMm() == 0, lacks);
            missingOf(facility, pipe.getId(), "pipes.laidYear", pipe.getLaidYear() == 0, lacks);
            if (assets.facility(pipe.getFrom()).isEmpty()) {
                lacks.add(lack(facility, Code.PIPE_WITHOUT_FACILITY, "pipes", pipe.getId(), pipe.getFrom()));
            }
        }
        for (var other : facility.getUpstreamList()) {
            if (assets.facility(other).isEmpty()) {
                lacks.add(lack(facility, Code.UPSTREAM_WITHOUT_FACILITY, "upstream", other));
            }
        }
        if (assets.district(facility.getDistrict())
                .filter(d -> d.excludes(facility.getLongitude(), facility.getLatitude()))
                .isPresent()) {
            lacks.add(lack(facility, Code.OUTSIDE_DISTRICT, "longitude", facility.getDistrict()));
        }
        duplicates(facility, lacks);
        return lacks;
    }

    private void ofType(Facility facility, FacilityType type, List<Lack> lacks) {
        if (!type.devices().isEmpty() && facility.getDevicesCount() == 0) {
            lacks.add(lack(facility, Code.NO_DEVICES, "devices", ""));
        }
        var placement = type.placement();
        if (placement == null) {
            return;
        }
        missing(facility, "households", placement.households() != null && facility.getHouseholds() == 0, lacks);
        if (!placement.fedBy().isEmpty() && facility.getUpstreamCount() == 0) {
            lacks.add(lack(facility, Code.ORPHAN, "upstream", ""));
        }
        if (placement.pipe() != null) {
            for (var other : facility.getUpstreamList()) {
                if (facility.getPipesList().stream()
                        .noneMatch(pipe -> pipe.getFrom().equals(other))) {
                    lacks.add(lack(facility, Code.NO_PIPE, "pipes", other));
                }
            }
        }
    }

    /** Each pair once: at the one that comes later, which names at most {@link #MOST_DUPLICATES}. */
    private void duplicates(Facility facility, List<Lack> lacks) {
        int found = 0;
        // A degree of longitude is shorter away from the equator: look further to the sides.
        int aside =
                (int) Math.min(1000, Math.ceil(1 / Math.max(1e-3, Math.cos(Math.toRadians(facility.getLatitude())))));
        for (int dx = -aside; dx <= aside; dx++) {
            for (int dy = -1; dy <= 1; dy++) {
                for (var other : places.getOrDefault(cell(facility, dx, dy), List.of())) {
                    double metres = metres(facility, other);
                    if (other.getId().compareTo(facility.getId()) < 0 && metres < SAME_PLACE_M) {
                        if (++found > MOST_DUPLICATES) {
                            return;
                        }
                        lacks.add(lack(
                                facility,
                                Code.DUPLICATE,
                                "longitude",
                                other.getId(),
                                String.format(Locale.ROOT, "%.1f", metres)));
                    }
                }
            }
        }
    }

    private static Cell cell(Facility facility, int dx, int dy) {
        return new Cell(
                facility.getDomain() + "/" + facility.getType(),
                (long) Math.floor(facility.getLongitude() / CELL_DEGREES) + dx,
                (long) Math.floor(facility.getLatitude() / CELL_DEGREES) + dy);
    }

    /** On a plane, which is exact enough for metres. */
    private static double metres(Facility a, Facility b) {
        double x = (a.getLongitude() - b.getLongitude()) * Math.cos(Math.toRadians(a.getLatitude()));
        double y = a.getLatitude() - b.getLatitude();
        return Math.hypot(x, y) * METRES_PER_DEGREE;
    }

    private static void missing(Facility facility, String field, boolean is, List<Lack> lacks) {
        if (is) {
            lacks.add(lack(facility, Code.MISSING_FIELD, field, "", field));
        }
    }

    private static void missingOf(Facility facility, String part, String field, boolean is, List<Lack> lacks) {
        if (is) {
            lacks.add(lack(facility, Code.MISSING_FIELD, field, part, field + " " + part));
        }
    }

    private static Lack lack(Facility facility, Code code, String field, String other) {
        return lack(facility, code, field, other, new Object[] {other});
    }

    /** @param words of the sentence, after {@code other} where the code's sentence begins with it */
    private static Lack lack(Facility facility, Code code, String field, String other, String word) {
        return lack(
                facility,
                code,
                field,
                other,
                code == Code.MISSING_FIELD ? new Object[] {word} : new Object[] {other, word});
    }

    private static Lack lack(Facility facility, Code code, String field, String other, Object[] words) {
        return new Lack(
                facility.getId(),
                facility.getDomain(),
                facility.getType(),
                facility.getDistrict(),
                Assets.name(facility.getName()),
                code,
                field,
                other,
                new Name(String.format(Locale.ROOT, code.zh, words), String.format(Locale.ROOT, code.en, words)));
    }
}
