package io.yiwang.dashboard.live;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A set of rows that browsers watch. It keeps each row's last text and the sequence number of its last change, so the
 * difference since any number is one pass over the rows, and what a slow browser missed is never queued. Removed rows leave a
 * tombstone for ten minutes; who has been away longer gets the whole set. Frames are made once for all who need the same.
 *
 * <p>For one thread.
 */
final class Channel {
    private static final long TOMBSTONE_MILLIS = 600_000;

    private final String name;
    private final String snapshotHead;
    private final String deltaHead;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, Tombstone> tombstones = new LinkedHashMap<>();
    private final Map<Long, Frame> frames = new HashMap<>();
    private long head;
    private long floor;
    private boolean changed;

    private record Row(String json, long stamp) {}

    private record Tombstone(long stamp, long timeMillis) {}

    /** A text to send; who has it stands at {@code to}. */
    record Frame(String text, long to) {}

    /**
     * @param epoch of this server's start: positions of another epoch mean nothing
     * @param birth first position; higher than any that a former channel of this name and epoch had
     */
    Channel(String name, List<String> columns, String epoch, long birth) {
        this.name = name;
        head = birth;
        floor = birth;
        var json = new JsonText()
                .raw("{\"t\":\"snap\",\"c\":")
                .string(name)
                .raw(",\"e\":")
                .string(epoch);
        json.raw(",\"cols\":[");
        for (var i = 0; i < columns.size(); i++) {
            json.raw(i == 0 ? "" : ",").string(columns.get(i));
        }
        snapshotHead = json.raw("],\"q\":").toString();
        deltaHead = new JsonText()
                .raw("{\"t\":\"d\",\"c\":")
                .string(name)
                .raw(",\"p\":")
                .toString();
    }

    String name() {
        return name;
    }

    /** Position of who knows everything. */
    long head() {
        return head;
    }

    int size() {
        return rows.size();
    }

    /** @param row a JSON array whose first element is {@code key} */
    void put(String key, String row) {
        var before = rows.get(key);
        if (before != null && before.json().equals(row)) {
            return;
        }
        rows.put(key, new Row(row, head + 1));
        tombstones.remove(key);
        changed = true;
    }

    void remove(String key, long nowMillis) {
        if (rows.remove(key) != null) {
            tombstones.remove(key);
            tombstones.put(key, new Tombstone(head + 1, nowMillis));
            changed = true;
        }
    }

    boolean contains(String key) {
        return rows.containsKey(key);
    }

    /** Keys at this moment; a copy. */
    List<String> keys() {
        return List.copyOf(rows.keySet());
    }

    /** Ends a round of changes: they become visible together. @return whether there were any */
    boolean commit(long nowMillis) {
        var visible = changed;
        if (changed) {
            head++;
            frames.clear();
            changed = false;
        }
        var oldest = tombstones.values().iterator();
        while (oldest.hasNext()) {
            var tombstone = oldest.next();
            if (nowMillis - tombstone.timeMillis() <= TOMBSTONE_MILLIS) {
                break;
            }
            floor = Math.max(floor, tombstone.stamp());
            oldest.remove();
        }
        return visible;
    }

    /** Whether someone at {@code position} can be given a difference instead of everything. */
    boolean resumable(long position) {
        return position >= floor && position <= head;
    }

    /** What takes someone at {@code position} to the head: a difference if possible, else everything. */
    Frame frameFrom(long position, long nowMillis) {
        var from = resumable(position) ? position : -1;
        return frames.computeIfAbsent(from, start -> start < 0 ? snapshot() : delta(start, nowMillis));
    }

    private Frame snapshot() {
        var json = new JsonText().raw(snapshotHead).number(head).raw(",\"u\":[");
        var first = true;
        for (var row : rows.values()) {
            json.raw(first ? "" : ",").raw(row.json());
            first = false;
        }
        return new Frame(json.raw("]}").toString(), head);
    }

    private Frame delta(long from, long nowMillis) {
        var json = new JsonText()
                .raw(deltaHead)
                .number(from)
                .raw(",\"q\":")
                .number(head)
                .raw(",\"ts\":")
                .number(nowMillis)
                .raw(",\"u\":[");
        var first = true;
        for (var row : rows.values()) {
            if (row.stamp() > from) {
                json.raw(first ? "" : ",").raw(row.json());
                first = false;
            }
        }
        json.raw("],\"x\":[");
        first = true;
        for (var removed : tombstones.entrySet()) {
            if (removed.getValue().stamp() > from) {
                json.raw(first ? "" : ",").string(removed.getKey());
                first = false;
            }
        }
        return new Frame(json.raw("]}").toString(), head);
    }
}
