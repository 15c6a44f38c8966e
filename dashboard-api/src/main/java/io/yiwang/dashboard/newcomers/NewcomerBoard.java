package io.yiwang.dashboard.newcomers;

import com.google.protobuf.ByteString;
import io.yiwang.dashboard.newcomers.Knocker.Shown;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Newcomer;
import io.yiwang.model.wire.Showing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everybody who knocked, by id. Several ingest processes may have seen one id, and each writes what it saw itself: here that adds
 * up. Bounded: beyond {@link #MOST} ids the one that was heard of longest ago goes.
 */
final class NewcomerBoard {
    static final int MOST = 5000;
    private static final int MOST_WRITERS = 16;

    /** Kept out of reach of whoever reads the list: a showing's id must not help to guess its secret. */
    private final byte[] idSalt;
    /** By id, then by writer. */
    private final Map<String, Map<String, Newcomer>> records = new LinkedHashMap<>();

    NewcomerBoard(byte[] idSalt) {
        this.idSalt = idSalt.clone();
    }

    synchronized void take(Newcomer record) {
        var writers = records.remove(record.getId());
        if (writers == null) {
            writers = new LinkedHashMap<>(2);
        }
        // Records of one writer come in their order; the newest writer is last.
        writers.remove(record.getWriter());
        writers.put(record.getWriter(), record);
        if (writers.size() > MOST_WRITERS) {
            writers.remove(writers.keySet().iterator().next());
        }
        records.put(record.getId(), writers);
        if (records.size() > MOST) {
            records.remove(records.keySet().iterator().next());
        }
    }

    synchronized Optional<Knocker> find(String id) {
        return Optional.ofNullable(records.get(id)).map(this::together);
    }

    /** Those that came first most lately first: an order that stays while they knock on. */
    synchronized List<Knocker> all() {
        return records.values().stream()
                .map(this::together)
                .sorted(Comparator.comparingLong(Knocker::firstMillis)
                        .reversed()
                        .thenComparing(Knocker::id))
                .toList();
    }

    private Knocker together(Map<String, Newcomer> writers) {
        var newest = writers.values().stream()
                .max(Comparator.comparingLong(Newcomer::getLastMillis))
                .orElseThrow();
        // What it published may have been seen by another door than the one that saw it last.
        var published = writers.values().stream()
                .filter(record -> !record.getTopic().isEmpty())
                .max(Comparator.comparingLong(Newcomer::getLastMillis))
                .orElse(newest);
        var addresses = new LinkedHashSet<>(newest.getAddressesList());
        var showings = new LinkedHashMap<ByteString, Showing>();
        long first = Long.MAX_VALUE;
        long attempts = 0;
        long others = 0;
        for (var record : writers.values()) {
            addresses.addAll(record.getAddressesList());
            first = Math.min(first, record.getFirstMillis());
            attempts += record.getAttempts();
            others += record.getOtherAttempts();
            for (var showing : record.getShowingsList()) {
                showings.merge(showing.getCredential().getHash(), showing, NewcomerBoard::together);
            }
        }
        return new Knocker(
                newest.getId(),
                newest.getDoor(),
                newest.getUser(),
                List.copyOf(addresses),
                published.getTopic(),
                published.getPayload().toByteArray(),
                first,
                newest.getLastMillis(),
                attempts,
                others,
                showings(newest, new ArrayList<>(showings.values())));
    }

    private List<Shown> showings(Newcomer newest, List<Showing> showings) {
        if (showings.isEmpty()) {
            var only = Showing.newBuilder()
                    .setCertificate(newest.getCertificate())
                    .setAddress(newest.getAddress())
                    .setFirstMillis(newest.getFirstMillis())
                    .setLastMillis(newest.getLastMillis())
                    .setAttempts(newest.getAttempts());
            if (newest.hasCredential()) {
                only.setCredential(newest.getCredential());
            }
            showings.add(only.build());
        }
        return showings.stream()
                .sorted(Comparator.comparingLong(Showing::getLastMillis).reversed())
                .map(showing -> new Shown(
                        HexFormat.of()
                                .formatHex(
                                        Ids.secretHash(
                                                idSalt,
                                                showing.getCredential()
                                                        .getHash()
                                                        .toByteArray()),
                                        0,
                                        6),
                        showing.hasCredential() ? showing.getCredential() : null,
                        showing.getShortSecret(),
                        showing.getCertificate(),
                        showing.getAddress(),
                        showing.getFirstMillis(),
                        showing.getLastMillis(),
                        showing.getAttempts()))
                .toList();
    }

    private static Showing together(Showing one, Showing other) {
        var newer = one.getLastMillis() >= other.getLastMillis() ? one : other;
        return newer.toBuilder()
                .setFirstMillis(Math.min(one.getFirstMillis(), other.getFirstMillis()))
                .setAttempts(one.getAttempts() + other.getAttempts())
                .build();
    }
}
