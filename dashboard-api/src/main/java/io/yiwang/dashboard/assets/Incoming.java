package io.yiwang.dashboard.assets;

import java.util.List;
import java.util.Set;

/**
 * What one import brings, whatever its format.
 *
 * @param kind what its rows are: only such can be missing
 * @param origin where each entry came from
 * @param errors found while reading
 * @param spoiled entries that {@code errors} refuse already
 */
record Incoming(
        AssetDocument document,
        Kind kind,
        Origin origin,
        List<Finding> errors,
        List<Finding> warnings,
        Spoiled spoiled) {

    /** What a file's rows are. */
    enum Kind {
        /** Everything: districts, streets and whole facilities. */
        ALL,
        FACILITIES,
        DEVICES,
        POINTS,
        PIPES,
        DISTRICTS,
        STREETS
    }

    /** The lists of a document and of a facility. */
    enum Part {
        DISTRICT,
        STREET,
        FACILITY,
        DEVICE,
        POINT,
        PIPE
    }

    /** Indices of entries with a row that could not be read. */
    record Spoiled(Set<Integer> districts, Set<Integer> streets, Set<Integer> facilities) {
        static final Spoiled NONE = new Spoiled(Set.of(), Set.of(), Set.of());
    }

    /** Where an entry came from. */
    interface Origin {
        /** Places in lists, from 1. */
        Origin PLACES = new Origin() {
            @Override
            public int row(Part part, int index) {
                return index + 1;
            }

            @Override
            public int row(Part part, int facility, String id) {
                return facility + 1;
            }

            @Override
            public String column(String field) {
                return field;
            }
        };

        /** @param part district, street or facility */
        int row(Part part, int index);

        /**
         * @param part device, point or pipe of the facility
         * @param id of the device or pipe; of a point {@code <device>.<metric>}
         */
        int row(Part part, int facility, String id);

        /** What the column of this field is called in the file. */
        String column(String field);
    }

    static Incoming of(AssetDocument document) {
        return new Incoming(document, Kind.ALL, Origin.PLACES, List.of(), List.of(), Spoiled.NONE);
    }
}
