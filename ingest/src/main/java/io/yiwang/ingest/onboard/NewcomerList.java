package io.yiwang.ingest.onboard;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Newcomer;
import io.yiwang.model.wire.Showing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who knocked, by id: what a person needs to decide, and what has to be written about it. All of it is bounded, since strangers
 * decide how much comes: so many ids, so many new ones in a time from one address and from all together, so many secrets and addresses
 * an id, and a record of an id the rarer the more often it knocks.
 */
public final class NewcomerList implements Newcomers {
    static final int MOST_IDS = 1000;
    static final int MOST_SHOWINGS = 4;
    static final int MOST_ADDRESSES = 8;
    static final int LONGEST_TEXT = 256;
    /** What an administrator makes up is shorter, what a program makes is longer. */
    static final int SHORT_SECRET_BYTES = 16;
    /** New ids from one address: a site with a hundred devices may come at once, then one in 6 s. */
    static final int NEW_PER_ADDRESS = 100;

    static final long NEW_PER_ADDRESS_EVERY_MILLIS = 6_000;
    /** New ids from everywhere: 1000 at once, then one in 3 s, which is 30 000 a day. */
    static final long NEW_EVERY_MILLIS = 3_000;

    static final long FIRST_PAUSE_MILLIS = 5_000;
    static final long LONGEST_PAUSE_MILLIS = 300_000;
    private static final int SALT_BYTES = 16;
    private static final String SALT_PURPOSE = "newcomer ";

    /** A record that should be written; {@link #written} when it is. */
    public record Due(Newcomer newcomer, long revision) {
        String key() {
            return newcomer.getId() + "|" + newcomer.getWriter();
        }
    }

    /** One secret under an id. */
    private static final class Shown {
        private final @Nullable Credential credential;
        private final boolean shortSecret;
        private final long firstMillis;
        private String certificate = "";
        private String address = "";
        private long lastMillis;
        private long attempts;

        Shown(@Nullable Credential credential, boolean shortSecret, long firstMillis) {
            this.credential = credential;
            this.shortSecret = shortSecret;
            this.firstMillis = firstMillis;
        }

        Showing wire() {
            var showing = Showing.newBuilder()
                    .setCertificate(certificate)
                    .setAddress(address)
                    .setFirstMillis(firstMillis)
                    .setLastMillis(lastMillis)
                    .setAttempts(attempts)
                    .setShortSecret(shortSecret);
            if (credential != null) {
                showing.setCredential(credential);
            }
            return showing.build();
        }
    }

    private static final class Known {
        private final long firstMillis;
        private final List<Shown> showings = new ArrayList<>(1);
        private final List<String> addresses = new ArrayList<>(1);
        private String door = "";
        private String user = "";
        private String topic = "";
        private byte[] payload = new byte[0];
        private long lastMillis;
        private long attempts;
        private long otherAttempts;
        /** Grows with each knock; {@code writtenRevision} is the one that Kafka has. */
        private long revision;

        private long writtenRevision;
        private long pauseMillis;
        private long notBeforeMillis;

        Known(long firstMillis) {
            this.firstMillis = firstMillis;
        }
    }

    private final String writer;
    private final Map<String, Known> byId = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Allowance> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
            return size() > MOST_IDS;
        }
    };

    private @Nullable Allowance everywhere;
    private long forgotten;
    private long ignored;

    /** @param writer id of this process */
    public NewcomerList(String writer) {
        this.writer = writer;
    }

    @Override
    public synchronized void knocked(Knock knock) {
        var id = cut(knock.id());
        var known = byId.get(id);
        if (known == null) {
            if (!mayAdd(knock)) {
                ignored++;
                return;
            }
            known = new Known(knock.millis());
            byId.put(id, known);
            if (byId.size() > MOST_IDS) {
                var eldest = byId.keySet().iterator();
                eldest.next();
                eldest.remove();
                forgotten++;
            }
        }
        note(known, id, knock);
    }

    private boolean mayAdd(Knock knock) {
        if (everywhere == null) {
            everywhere = new Allowance(MOST_IDS, NEW_EVERY_MILLIS, knock.millis());
        }
        var address = byAddress.computeIfAbsent(
                knock.door() + " " + knock.address(),
                key -> new Allowance(NEW_PER_ADDRESS, NEW_PER_ADDRESS_EVERY_MILLIS, knock.millis()));
        return address.take(knock.millis()) && everywhere.take(knock.millis());
    }

    private static void note(Known known, String id, Knock knock) {
        boolean news = known.attempts == 0;
        known.revision++;
        known.attempts++;
        known.door = knock.door();
        known.lastMillis = Math.max(known.lastMillis, knock.millis());
        if (knock.user() != null) {
            known.user =
                    knock.user().equals(knock.id()) || isSecret(knock.user(), knock.secret()) ? "" : cut(knock.user());
        }
        if (!knock.topic().isEmpty() || knock.payload().length > 0) {
            known.topic = cut(knock.topic());
            known.payload = SampleMask.sample(knock.payload(), knock.secret());
        }
        if (!knock.address().isEmpty()) {
            var address = cut(knock.address());
            news |= !known.addresses.remove(address);
            known.addresses.add(0, address);
            if (known.addresses.size() > MOST_ADDRESSES) {
                known.addresses.remove(MOST_ADDRESSES);
            }
        }
        news |= show(known, id, knock);
        if (news) {
            known.pauseMillis = FIRST_PAUSE_MILLIS;
            known.notBeforeMillis = Math.min(known.notBeforeMillis, knock.millis() + FIRST_PAUSE_MILLIS);
        }
    }

    /** @return whether this secret is new under the id */
    private static boolean show(Known known, String id, Knock knock) {
        var secret = knock.secret();
        var credential = secret == null || secret.length == 0 ? null : credential(id, secret);
        var shown = known.showings.stream()
                .filter(each -> same(each.credential, credential))
                .findFirst()
                .orElse(null);
        boolean isNew = shown == null;
        if (shown == null) {
            shown = new Shown(credential, credential != null && secret.length < SHORT_SECRET_BYTES, knock.millis());
        } else {
            known.showings.remove(shown);
        }
        known.showings.add(0, shown);
        if (known.showings.size() > MOST_SHOWINGS) {
            known.otherAttempts += known.showings.remove(MOST_SHOWINGS).attempts;
        }
        shown.attempts++;
        shown.lastMillis = Math.max(shown.lastMillis, knock.millis());
        shown.address = cut(knock.address());
        shown.certificate = cut(knock.certificate());
        return isNew;
    }

    private static boolean same(@Nullable Credential one, @Nullable Credential other) {
        return one == null || other == null
                ? one == other
                : MessageDigest.isEqual(
                        one.getHash().toByteArray(), other.getHash().toByteArray());
    }

    /**
     * The salt comes from the id: two doors, or one before and after its restart, must find that they were shown the same secret. As
     * an id has no second salt, nobody can tell from two hashes whether two devices have one secret, which is what salts are for.
     */
    static Credential credential(String id, byte[] secret) {
        var salt = Arrays.copyOf(
                Ids.secretHash(SALT_PURPOSE.getBytes(StandardCharsets.UTF_8), id.getBytes(StandardCharsets.UTF_8)),
                SALT_BYTES);
        return Credential.newBuilder()
                .setSalt(ByteString.copyFrom(salt))
                .setHash(ByteString.copyFrom(Ids.secretHash(salt, secret)))
                .build();
    }

    private static boolean isSecret(String text, byte @Nullable [] secret) {
        return secret != null && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), secret);
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end);
    }

    /** What has to be written now, the longest waiting first, at most {@code most}. Each stays due until it is {@link #written}. */
    public synchronized List<Due> due(long nowMillis, int most) {
        var due = new ArrayList<Due>();
        for (var entry : byId.entrySet()) {
            var known = entry.getValue();
            if (due.size() == most) {
                break;
            }
            if (known.revision > known.writtenRevision && known.notBeforeMillis <= nowMillis) {
                due.add(new Due(wire(entry.getKey(), known), known.revision));
            }
        }
        return due;
    }

    /** Kafka has the record: the next one of this id waits, longer each time while it says nothing new. */
    public synchronized void written(Due due, long nowMillis) {
        // Not as an access: who is written about is not fresher for it.
        for (var entry : byId.entrySet()) {
            if (entry.getKey().equals(due.newcomer().getId())) {
                var known = entry.getValue();
                known.writtenRevision = Math.max(known.writtenRevision, due.revision());
                known.pauseMillis = Math.max(FIRST_PAUSE_MILLIS, known.pauseMillis);
                known.notBeforeMillis = nowMillis + known.pauseMillis;
                known.pauseMillis = Math.min(2 * known.pauseMillis, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private Newcomer wire(String id, Known known) {
        var newest = known.showings.get(0);
        var newcomer = Newcomer.newBuilder()
                .setId(id)
                .setDoor(known.door)
                .setAddress(known.addresses.isEmpty() ? "" : known.addresses.get(0))
                .setCertificate(newest.certificate)
                .setFirstMillis(known.firstMillis)
                .setLastMillis(known.lastMillis)
                .setAttempts(known.attempts)
                .setTopic(known.topic)
                .setPayload(ByteString.copyFrom(known.payload))
                .setOtherAttempts(known.otherAttempts)
                .addAllAddresses(known.addresses)
                .setWriter(writer)
                .setUser(known.user);
        if (newest.credential != null) {
            newcomer.setCredential(newest.credential);
        }
        known.showings.forEach(shown -> newcomer.addShowings(shown.wire()));
        return newcomer.build();
    }

    /** How many ids are in the list. */
    public synchronized int size() {
        return byId.size();
    }

    /** How many ids were dropped because the list was full. */
    public synchronized long forgotten() {
        return forgotten;
    }

    /** How many knocks of new ids were not taken because too many came at once. */
    public synchronized long ignored() {
        return ignored;
    }
}
