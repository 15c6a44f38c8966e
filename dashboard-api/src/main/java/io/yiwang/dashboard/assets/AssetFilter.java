package io.yiwang.dashboard.assets;

import io.yiwang.model.wire.Facility;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which facilities are asked for; null = no matter which.
 *
 * @param q text within id, names, address, owner or grid, capitals or not
 */
record AssetFilter(
        @Nullable String district,
        @Nullable String street,
        @Nullable String domain,
        @Nullable String type,
        @Nullable String owner,
        @Nullable String q)
        implements Predicate<Facility> {

    boolean all() {
        return district == null && street == null && domain == null && type == null && owner == null && q == null;
    }

    @Override
    public boolean test(Facility facility) {
        return same(district, facility.getDistrict())
                && same(street, facility.getStreet())
                && same(domain, facility.getDomain())
                && same(type, facility.getType())
                && same(owner, facility.getOwner())
                && (q == null
                        || within(facility.getId())
                        || within(facility.getName().getZh())
                        || within(facility.getName().getEn())
                        || within(facility.getAddress())
                        || within(facility.getOwner())
                        || within(facility.getGrid()));
    }

    private static boolean same(@Nullable String wanted, String value) {
        return wanted == null || wanted.equals(value);
    }

    private boolean within(String text) {
        return text.toLowerCase(Locale.ROOT).contains(q.toLowerCase(Locale.ROOT));
    }
}
