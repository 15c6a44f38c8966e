package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetChange.Action;
import io.yiwang.dashboard.assets.AssetChange.Kind;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one place where the ledger changes: one change at a time, tables first, memory after the commit. Who reads never waits;
 * who writes waits for the writer before, but not for ever.
 */
@Component
class AssetLedger implements AssetCatalogue, DeviceAdmission {
    /** So many facilities are written in one transaction; a larger import is several. */
    static final int FACILITIES_AT_ONCE = 5000;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final int LONGEST_DETAIL = 1000;

    /** How an import is meant. */
    enum Mode {
        /** Says what it would do and does nothing. */
        DRY_RUN,
        /** Wrong entries are left out. */
        TOLERANT,
        /** Anything wrong: nothing is done. One transaction. */
        STRICT
    }

    /** @param refused strict and something is wrong: nothing was done */
    record Outcome(AssetImport.Plan plan, boolean refused) {}

    private final AssetStore store;
    private final AssetImport imports;
    private final Audit audit;
    private final AssetChanges changes;
    private final TransactionTemplate transaction;
    private final List<BiConsumer<Assets, Assets>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock writer = new ReentrantLock(true);
    private volatile Assets current;

    AssetLedger(
            AssetStore store,
            DomainPacks packs,
            Audit audit,
            AssetChanges changes,
            TransactionTemplate transaction,
            InstantSource clock) {
        this.store = store;
        this.imports = new AssetImport(packs, clock);
        this.audit = audit;
        this.changes = changes;
        this.transaction = transaction;
        this.current = load();
    }

    @Override
    public Assets current() {
        return current;
    }

    @Override
    public void onChange(BiConsumer<Assets, Assets> listener) {
        listeners.add(listener);
    }

    /** @param reading makes the import from the ledger as it is when its turn comes */
    Outcome bring(Function<Assets, Incoming> reading, Mode mode, String actor) {
        return alone(() -> {
            var plan = imports.plan(current, reading.apply(current));
            boolean refused = mode == Mode.STRICT && !plan.errors().isEmpty();
            if (mode != Mode.DRY_RUN && !refused && !plan.changesNothing()) {
                write(plan, mode, actor);
            }
            return new Outcome(plan, refused);
        });
    }

    private void write(AssetImport.Plan plan, Mode mode, String actor) {
        var changed =
                Stream.concat(plan.created().stream(), plan.updated().stream()).toList();
        boolean whole = mode == Mode.STRICT || movesDevices(plan);
        int step = whole ? Math.max(1, changed.size()) : FACILITIES_AT_ONCE;
        int groups = Math.max(1, (changed.size() + step - 1) / step);
        var ofFacilities = plan.changes().stream()
                .filter(change -> change.kind() == Kind.FACILITY)
                .collect(Collectors.toMap(AssetChange::id, Function.identity()));
        var ofTheRest = plan.changes().stream()
                .filter(change -> change.kind() != Kind.FACILITY)
                .toList();
        for (int i = 0; i < groups; i++) {
            boolean first = i == 0;
            var group = changed.subList(i * step, Math.min(changed.size(), (i + 1) * step));
            var part = groups == 1 ? "" : "part " + (i + 1) + " of " + groups + " of: ";
            change(() -> {
                if (first) {
                    if (plan.city() != null) {
                        store.nameCity(plan.city());
                    }
                    store.putDistricts(plan.districts());
                    store.putStreets(plan.streets());
                }
                store.putFacilities(group);
                var entry = audit.record(
                        actor,
                        "assets.import",
                        "city",
                        part + plan.created().size() + " created, "
                                + plan.updated().size() + " updated, "
                                + plan.districts().size() + " districts, "
                                + plan.streets().size() + " streets, "
                                + plan.errors().size() + " refused");
                if (first) {
                    changes.record(entry, actor, ofTheRest);
                }
                changes.record(
                        entry,
                        actor,
                        group.stream().map(f -> ofFacilities.get(f.getId())).toList());
                return with(first ? plan : null, group);
            });
        }
    }

    /** Whether a device goes from one facility to another: then both must be written together. */
    private boolean movesDevices(AssetImport.Plan plan) {
        return Stream.concat(plan.created().stream(), plan.updated().stream())
                .anyMatch(facility -> facility.getDevicesList().stream()
                        .anyMatch(device -> current.ownerOf(device.getId())
                                .filter(owner -> !owner.equals(facility.getId()))
                                .isPresent()));
    }

    private Assets with(AssetImport.@Nullable Plan plan, List<Facility> changed) {
        return current.with(
                plan == null || plan.city() == null ? current.city() : plan.city(),
                plan == null ? List.of() : plan.districts(),
                plan == null ? List.of() : plan.streets(),
                changed);
    }

    /**
     * A change of one thing by a person.
     *
     * @param action as the audit names it
     * @param reading as in {@link #bring}; may throw a {@link Problem}
     * @param undone id of the change that this one takes back
     */
    AssetImport.Plan edit(
            String actor,
            String action,
            Function<Assets, Incoming> reading,
            Function<Assets, @Nullable String> undone) {
        return edit(actor, action, reading, undone, () -> {});
    }

    private AssetImport.Plan edit(
            String actor,
            String action,
            Function<Assets, Incoming> reading,
            Function<Assets, @Nullable String> undone,
            Runnable alongside) {
        return alone(() -> {
            var takenBack = undone.apply(current);
            var plan = imports.plan(current, reading.apply(current));
            if (!plan.errors().isEmpty()) {
                throw Problem.refused("REFUSED", plan.errors().get(0).reason(), "errors", plan.errors());
            }
            if (!plan.changesNothing()) {
                change(() -> {
                    var changed = Stream.concat(plan.created().stream(), plan.updated().stream())
                            .toList();
                    store.putDistricts(plan.districts());
                    store.putStreets(plan.streets());
                    store.putFacilities(changed);
                    record(actor, action, plan.changes(), takenBack);
                    alongside.run();
                    return with(plan, changed);
                });
            }
            return plan;
        });
    }

    /** @param check looks at the ledger first; may throw a {@link Problem} */
    void removeFacility(String id, String actor, Function<Assets, @Nullable String> check) {
        alone(() -> {
            var undone = check.apply(current);
            var facility = current.facility(id)
                    .orElseThrow(() -> Problem.notFound("UNKNOWN_FACILITY", "no facility " + id + " in the ledger"));
            change(() -> {
                store.removeFacility(id);
                record(
                        actor,
                        undone == null ? "assets.delete" : "assets.undo",
                        List.of(AssetEntries.change(facility, null)),
                        undone);
                return current.withoutFacility(id);
            });
            return null;
        });
    }

    void removeDistrict(String id, String actor, Function<Assets, @Nullable String> check) {
        alone(() -> {
            check.apply(current);
            var district = current.district(id)
                    .orElseThrow(() -> Problem.notFound("UNKNOWN_DISTRICT", "no district " + id + " in the ledger"));
            change(() -> {
                store.removeDistrict(id);
                record(actor, "assets.delete", List.of(AssetEntries.change(district, null)), null);
                return current.withoutDistrict(id);
            });
            return null;
        });
    }

    void removeStreet(String id, String actor, Function<Assets, @Nullable String> check) {
        alone(() -> {
            check.apply(current);
            var street = current.street(id)
                    .orElseThrow(() -> Problem.notFound("UNKNOWN_STREET", "no street " + id + " in the ledger"));
            change(() -> {
                store.removeStreet(id);
                record(actor, "assets.delete", List.of(AssetEntries.change(street, null)), null);
                return current.withoutStreet(id);
            });
            return null;
        });
    }

    private void record(String actor, String action, List<AssetChange> done, @Nullable String undone) {
        for (var change : done) {
            var entry = audit.record(actor, action, change.id(), sentence(change));
            changes.record(entry, actor, List.of(change));
            if (undone != null) {
                changes.undone(change.kind(), change.id(), undone);
            }
        }
    }

    /** The change in words, as far as it fits; the whole of it is in the table of changes. */
    private static String sentence(AssetChange change) {
        var text = change.kind().word() + " " + change.action().word();
        if (change.action() == Action.UPDATED) {
            text += ": "
                    + change.fields().stream()
                            .map(field -> field.field() + " " + field.before() + " → " + field.after())
                            .collect(Collectors.joining("; "));
        }
        return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL) + "…";
    }

    /**
     * @param credential null = revoke
     * @return false when there is no such device
     */
    boolean setCredential(String device, @Nullable Credential credential, String actor) {
        return setCredential(device, credential, actor, () -> {});
    }

    private boolean setCredential(String device, @Nullable Credential credential, String actor, Runnable alongside) {
        return alone(() -> {
            var at = current.device(device).orElse(null);
            if (at == null) {
                return false;
            }
            change(() -> {
                store.putCredential(device, credential);
                audit.record(
                        actor,
                        credential == null ? "credential.revoke" : "credential.create",
                        device,
                        "facility " + at.facility().getId());
                alongside.run();
                return with(null, List.of(with(at.facility(), device, credential)));
            });
            return true;
        });
    }

    @Override
    public void replaceCredential(String device, Credential credential, String actor, Runnable alongside) {
        if (!setCredential(device, credential, actor, alongside)) {
            throw Problem.notFound("UNKNOWN_DEVICE", "no device " + device + " in the ledger");
        }
    }

    @Override
    public void admit(String facility, Device device, String actor, String action, Runnable alongside) {
        edit(
                actor,
                action,
                assets -> {
                    var present = assets.facility(facility)
                            .orElseThrow(() ->
                                    Problem.notFound("UNKNOWN_FACILITY", "no facility " + facility + " in the ledger"));
                    if (assets.device(device.getId()).isPresent()) {
                        throw Problem.conflict(
                                "DEVICE_EXISTS", "device " + device.getId() + " is in the ledger already");
                    }
                    var devices = new ArrayList<>(AssetEntries.devices(present));
                    devices.add(AssetEntries.withCredential(device));
                    return Incoming.of(new AssetDocument(
                            null, null, null, List.of(FacilityEntry.of(facility).withDevices(devices))));
                },
                assets -> null,
                alongside);
    }

    private <T> T alone(Supplier<T> work) {
        try {
            if (!writer.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Problem.unavailable(
                        "LEDGER_BUSY",
                        "another change of the ledger is still being written; try again in a minute",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("STOPPING", "the dashboard is stopping", e);
        }
        try {
            return work.get();
        } finally {
            writer.unlock();
        }
    }

    private void change(Supplier<Assets> work) {
        var before = current;
        Assets after;
        try {
            after = transaction.execute(status -> work.get());
        } catch (RuntimeException e) {
            // Whether the commit arrived is not known when the connection broke: the tables say.
            current = load();
            tell(before, current);
            throw e;
        }
        current = after;
        tell(before, after);
    }

    private Assets load() {
        return transaction.execute(status -> store.load());
    }

    private void tell(Assets before, Assets after) {
        listeners.forEach(listener -> listener.accept(before, after));
    }

    private static Facility with(Facility facility, String device, @Nullable Credential credential) {
        var changed = facility.toBuilder();
        for (int i = 0; i < changed.getDevicesCount(); i++) {
            if (changed.getDevices(i).getId().equals(device)) {
                var builder = Device.newBuilder(changed.getDevices(i));
                changed.setDevices(
                        i, credential == null ? builder.clearCredential() : builder.setCredential(credential));
            }
        }
        return changed.build();
    }
}
