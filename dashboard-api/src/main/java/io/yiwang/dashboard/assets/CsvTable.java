package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The tables that the ledger's CSV files hold, with their columns. Headers are accepted in either language. */
enum CsvTable {
    DISTRICTS(
            Incoming.Kind.DISTRICTS,
            column("id", "编号", true),
            column("nameZh", "名称", false),
            column("nameEn", "英文名称", false),
            column("boundary", "边界", false)),
    STREETS(
            Incoming.Kind.STREETS,
            column("id", "编号", true),
            column("district", "区县", false),
            column("nameZh", "名称", false),
            column("nameEn", "英文名称", false)),
    FACILITIES(
            Incoming.Kind.FACILITIES,
            column("id", "编号", true),
            column("domain", "领域", false),
            column("type", "类型", false),
            column("district", "区县", false),
            column("street", "街道", false),
            column("grid", "单元网格", false),
            column("nameZh", "名称", false),
            column("nameEn", "英文名称", false),
            column("longitude", "经度", false),
            column("latitude", "纬度", false),
            column("inService", "在用", false),
            column("owner", "权属单位", false),
            column("builtYear", "建成年份", false),
            column("households", "服务户数", false),
            column("address", "地址", false),
            column("upstream", "上游设施", false),
            column("parameters", "参数", false)),
    DEVICES(
            Incoming.Kind.DEVICES,
            column("facility", "设施", true),
            column("id", "编号", true),
            column("nameZh", "名称", false),
            column("nameEn", "英文名称", false),
            column("gateway", "网关", false),
            column("externalId", "外部编号", false)),
    POINTS(
            Incoming.Kind.POINTS,
            column("facility", "设施", false),
            column("device", "设备", true),
            column("metric", "指标", true),
            column("periodSeconds", "周期秒", false),
            column("source", "设备侧名称", false),
            column("unit", "单位", false)),
    PIPES(
            Incoming.Kind.PIPES,
            column("id", "编号", true),
            column("from", "起点设施", true),
            column("to", "终点设施", true),
            column("lengthM", "长度米", false),
            column("material", "材质", false),
            column("diameterMm", "管径毫米", false),
            column("depthM", "埋深米", false),
            column("laidYear", "敷设年份", false));

    /**
     * @param name in English files; {@code field} of findings
     * @param needed a file without it cannot be read
     */
    record Column(String name, String zh, boolean needed) {}

    private final Incoming.Kind kind;
    private final List<Column> columns;
    private final Map<String, Column> byHeader = new HashMap<>();

    CsvTable(Incoming.Kind kind, Column... columns) {
        this.kind = kind;
        this.columns = List.of(columns);
        for (var column : columns) {
            byHeader.put(plain(column.name), column);
            byHeader.put(plain(column.zh), column);
        }
    }

    private static Column column(String name, String zh, boolean needed) {
        return new Column(name, zh, needed);
    }

    /** @param word e.g. {@code facilities} */
    static CsvTable of(String word) {
        return Arrays.stream(values())
                .filter(table -> table.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest(
                        "BAD_PARAMETER",
                        "kind must be one of "
                                + Arrays.stream(values()).map(CsvTable::word).collect(Collectors.joining(", "))
                                + ", not '" + word + "'"));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Incoming.Kind kind() {
        return kind;
    }

    List<Column> columns() {
        return columns;
    }

    /** Capitals, spaces, underlines, brackets and other marks do not matter: {@code Built year}, {@code 管径（毫米）}. */
    Optional<Column> named(String header) {
        return Optional.ofNullable(byHeader.get(plain(header)));
    }

    private static String plain(String header) {
        return header.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }
}
