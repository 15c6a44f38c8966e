package io.yiwang.ingest.decode.sparkplug;

import java.util.List;
import java.util.Map;

/** Says what speaks through an edge node, for when it dies before it was heard. */
@FunctionalInterface
public interface BehindEdge {
    /**
     * By device, the edge node itself as {@code ""}, the names of what it may report; empty when nothing is known.
     *
     * @param edge the edge node's name in its topic
     */
    Map<String, List<String>> of(String edge);
}
