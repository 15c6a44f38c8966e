package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.DomainPacks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents as {@code POST /api/assets} takes them, made from the bundled packs. */
public final class TestingCity {
    public static final String DISTRICT = "d1";

    private static final DomainPacks PACKS = DomainPacks.bundled();

    private TestingCity() {}

    /** A document with one district and {@code facilities}. */
    public static Map<String, Object> document(List<Map<String, Object>> facilities) {
        return new LinkedHashMap<>(Map.of(
                "city",
                Map.of("name", name("测试市", "Test City")),
                "districts",
                List.of(Map.of(
                        "id",
                        DISTRICT,
                        "name",
                        name("一区", "First"),
                        "boundary",
                        List.of(
                                List.of(120.0, 30.0),
                                List.of(120.1, 30.0),
                                List.of(120.1, 30.1),
                                List.of(120.0, 30.0)))),
                "facilities",
                facilities));
    }

    /** {@code count} facilities over all domains and types in turn, each with its type's devices. */
    public static List<Map<String, Object>> facilities(String prefix, int count) {
        var facilities = new ArrayList<Map<String, Object>>();
        while (facilities.size() < count) {
            for (var domain : PACKS.all()) {
                for (var type : domain.facilityTypes()) {
                    if (facilities.size() < count) {
                        facilities.add(facility(prefix + "-" + facilities.size(), domain.id(), type.id()));
                    }
                }
            }
        }
        return facilities;
    }

    /** A facility whose devices are {@code <id>-<template>}. */
    public static Map<String, Object> facility(String id, String domain, String type) {
        var template = PACKS.domain(domain).orElseThrow().typesById().get(type);
        var devices = template.devices().stream()
                .map(device -> Map.<String, Object>of(
                        "id",
                        id + "-" + device.id(),
                        "name",
                        name(device.name().zh(), device.name().en()),
                        "points",
                        device.metrics().stream()
                                .map(metric -> Map.of("metric", metric, "periodSeconds", 5))
                                .toList()))
                .toList();
        var facility = new LinkedHashMap<String, Object>();
        facility.put("id", id);
        facility.put("domain", domain);
        facility.put("type", type);
        facility.put("district", DISTRICT);
        facility.put("name", name("设施" + id, "Facility " + id));
        facility.put("longitude", 120.05);
        facility.put("latitude", 30.05);
        facility.put("devices", devices);
        return facility;
    }

    /** The parameters of a facility type and their defaults. */
    public static Map<String, Double> parameters(String domain, String type) {
        return PACKS.domain(domain).orElseThrow().typesById().get(type).parameters();
    }

    public static Map<String, String> name(String zh, String en) {
        return Map.of("zh", zh, "en", en);
    }
}
