package io.yiwang.dashboard.newcomers;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.assets.DeviceAdmission;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Newcomer;
import java.security.SecureRandom;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The quarantine list, read from the topic, and the decisions about it. */
@Component
class Newcomers implements SmartLifecycle {
    /** @param known the device that it is, or whose name it uses; null = the ledger has none such */
    record Listed(
            Knocker knocker, Standing standing, @Nullable Decision decision, Assets.@Nullable DeviceAt known) {}

    private final String bootstrap;
    private final AssetCatalogue catalogue;
    private final DeviceAdmission admission;
    private final Decisions decisions;
    private final Audit audit;
    private final TransactionTemplate transaction;
    private final DomainPacks packs;
    private final NewcomerBoard board;
    private volatile @Nullable TopicReader reader;

    Newcomers(
            DashboardSettings settings,
            AssetCatalogue catalogue,
            DeviceAdmission admission,
            Decisions decisions,
            Audit audit,
            TransactionTemplate transaction,
            DomainPacks packs) {
        this.bootstrap = settings.kafka();
        this.catalogue = catalogue;
        this.admission = admission;
        this.decisions = decisions;
        this.audit = audit;
        this.transaction = transaction;
        this.packs = packs;
        var salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        this.board = new NewcomerBoard(salt);
    }

    /** Those that came first most lately first. */
    List<Listed> all() {
        var decided = decisions.all();
        var assets = catalogue.current();
        return board.all().stream()
                .map(knocker -> {
                    var known = Standing.known(knocker, assets);
                    var decision = decided.get(knocker.id());
                    return new Listed(
                            knocker,
                            Standing.of(knocker, decision, known == null ? null : known.device()),
                            decision,
                            known);
                })
                .toList();
    }

    Listed one(String id) {
        var knocker = board.find(id)
                .orElseThrow(() -> Problem.notFound("UNKNOWN_NEWCOMER", "nobody has knocked as " + Plain.text(id)));
        var known = Standing.known(knocker, catalogue.current());
        var decision = decisions.of(id).orElse(null);
        return new Listed(
                knocker, Standing.of(knocker, decision, known == null ? null : known.device()), decision, known);
    }

    Guess guess(Knocker knocker, @Nullable String facility) {
        return Guess.of(knocker, facility, catalogue.current(), packs);
    }

    Facility facility(String id) {
        return catalogue.current().facility(id).orElseThrow();
    }

    /** Adds the device, or gives it the credential, and remembers the decision: all of it or nothing. */
    Acceptance accept(String id, Acceptance.Wanted wanted, String actor) {
        var knocker = one(id).knocker();
        var acceptance = Acceptance.of(knocker, wanted, catalogue.current(), packs, System.currentTimeMillis());
        if (acceptance instanceof Acceptance.Added added) {
            admission.admit(added.facility(), added.device(), actor, "newcomer.accept", () -> {
                decisions.put(id, Decision.Kind.ACCEPTED, knocker.lastMillis(), actor);
                audit.record(
                        actor,
                        "newcomer.accept",
                        added.device().getId(),
                        "facility " + added.facility() + ", " + origin(knocker, wanted));
            });
        } else if (acceptance instanceof Acceptance.Recredentialed again) {
            var device = again.at().device().getId();
            admission.replaceCredential(device, again.credential(), actor, () -> {
                decisions.put(id, Decision.Kind.ACCEPTED, knocker.lastMillis(), actor);
                audit.record(actor, "newcomer.accept", device, "another credential, " + origin(knocker, wanted));
            });
        }
        return acceptance;
    }

    private static String origin(Knocker knocker, Acceptance.Wanted wanted) {
        return "door " + knocker.door()
                + (knocker.addresses().isEmpty()
                        ? ""
                        : ", last from " + Plain.text(knocker.addresses().get(0)))
                + (wanted.newSecret() ? ", with a new secret" : "");
    }

    void dismiss(String id, String actor) {
        var knocker = one(id).knocker();
        transaction.executeWithoutResult(status -> {
            decisions.put(id, Decision.Kind.DISMISSED, knocker.lastMillis(), actor);
            audit.record(actor, "newcomer.dismiss", Plain.text(id), "door " + knocker.door());
        });
    }

    /** Takes a dismissal back. */
    void undo(String id, String actor) {
        transaction.executeWithoutResult(status -> {
            if (decisions
                    .of(id)
                    .filter(decision -> decision.kind() == Decision.Kind.DISMISSED)
                    .isEmpty()) {
                throw Problem.conflict("NOTHING_TO_UNDO", Plain.text(id) + " is not dismissed");
            }
            decisions.remove(id);
            audit.record(actor, "newcomer.undo", Plain.text(id), "");
        });
    }

    @Override
    public void start() {
        reader = new TopicReader(bootstrap, Topics.NEWCOMERS, TopicReader.Start.beginning(), this::take);
    }

    @Override
    public void stop() {
        var open = reader;
        if (open != null) {
            open.close();
            reader = null;
        }
    }

    @Override
    public boolean isRunning() {
        return reader != null;
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            board.take(Newcomer.parseFrom(record.value()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("record at " + record.offset() + " is no newcomer", e);
        }
    }
}
