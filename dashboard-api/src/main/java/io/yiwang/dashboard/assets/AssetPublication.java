package io.yiwang.dashboard.assets;

import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must be written to the topic so that it says what the ledger says. */
final class AssetPublication {
    /** @param facility null = remove */
    record Change(String id, @Nullable Facility facility) {}

    private AssetPublication() {}

    static List<Change> between(Map<String, Facility> published, Map<String, Facility> wanted) {
        var changes = new ArrayList<Change>();
        wanted.forEach((id, facility) -> {
            if (!facility.equals(published.get(id))) {
                changes.add(new Change(id, facility));
            }
        });
        published.keySet().stream()
                .filter(id -> !wanted.containsKey(id))
                .sorted()
                .forEach(id -> changes.add(new Change(id, null)));
        return changes;
    }
}
