package io.yiwang.dashboard.assets;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds circles of facilities that feed one another. Depth first without recursion: a network is as deep as it is long. */
final class UpstreamCycles {
    private record Step(String id, Iterator<String> upstream) {}

    private final Function<String, List<String>> upstream;

    UpstreamCycles(Function<String, List<String>> upstream) {
        this.upstream = upstream;
    }

    /**
     * Circles that can be reached from {@code starts}, each once, beginning where it was entered; when there are several, taking
     * the first away may leave others.
     */
    List<List<String>> in(Collection<String> starts) {
        var cycles = new ArrayList<List<String>>();
        // false = on the path, true = done
        Map<String, Boolean> seen = new HashMap<>();
        for (var start : starts) {
            if (seen.containsKey(start)) {
                continue;
            }
            var path = new ArrayDeque<Step>();
            seen.put(start, false);
            path.addLast(new Step(start, upstream.apply(start).iterator()));
            while (!path.isEmpty()) {
                var top = path.getLast();
                if (!top.upstream.hasNext()) {
                    seen.put(top.id, true);
                    path.removeLast();
                    continue;
                }
                var next = top.upstream.next();
                var state = seen.get(next);
                if (state == null) {
                    seen.put(next, false);
                    path.addLast(new Step(next, upstream.apply(next).iterator()));
                } else if (!state) {
                    cycles.add(path.stream()
                            .map(Step::id)
                            .dropWhile(id -> !id.equals(next))
                            .toList());
                }
            }
        }
        return cycles;
    }
}
