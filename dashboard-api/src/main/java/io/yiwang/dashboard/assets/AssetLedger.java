package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.audit.Audit;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The one place where the ledger changes: one change at a time, tables first, memory after the commit. */
@Component
class AssetLedger implements AssetCatalogue {
    private final AssetStore store;
    private final AssetImport imports;
    private final DomainPacks packs;
    private final Audit audit;
    private final TransactionTemplate transaction;
    private final List<BiConsumer<Assets, Assets>> listeners = new CopyOnWriteArrayList<>();
    private volatile Assets current;

    AssetLedger(AssetStore store, DomainPacks packs, Audit audit, TransactionTemplate transaction) {
        this.store = store;
        this.imports = new AssetImport(packs);
        this.packs = packs;
        this.audit = audit;
        this.transaction = transaction;
        this.current = store.load();
    }

    @Override
    public Assets current() {
        return current;
    }

    @Override
    public void onChange(BiConsumer<Assets, Assets> listener) {
        listeners.add(listener);
    }

    synchronized AssetImport.Plan bring(AssetDocument document, String actor) {
        var plan = imports.plan(current, document);
        if (plan.changesNothing()) {
            return plan;
        }
        var changed = new ArrayList<>(plan.created());
        changed.addAll(plan.updated());
        change(() -> {
            if (plan.city() != null) {
                store.nameCity(plan.city());
            }
            store.putDistricts(plan.districts());
            store.putFacilities(changed);
            audit.record(
                    actor,
                    "assets.import",
                    "city",
                    plan.created().size() + " created, " + plan.updated().size() + " updated, "
                            + plan.districts().size() + " districts, "
                            + plan.errors().size() + " refused");
            return with(plan, changed);
        });
        return plan;
    }

    /** @return false when there is no such facility */
    synchronized boolean remove(String facility, String actor) {
        if (current.facility(facility).isEmpty()) {
            return false;
        }
        change(() -> {
            store.removeFacility(facility);
            audit.record(actor, "assets.delete", facility, "");
            var left = new TreeMap<>(current.facilities());
            left.remove(facility);
            return new Assets(current.city(), current.districts(), left.values(), packs);
        });
        return true;
    }

    /**
     * @param credential null = revoke
     * @return false when there is no such device
     */
    synchronized boolean setCredential(String device, @Nullable Credential credential, String actor) {
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
            var facilities = new TreeMap<>(current.facilities());
            facilities.put(at.facility().getId(), with(at.facility(), device, credential));
            return new Assets(current.city(), current.districts(), facilities.values(), packs);
        });
        return true;
    }

    private void change(Supplier<Assets> work) {
        var before = current;
        Assets after;
        try {
            after = transaction.execute(status -> work.get());
        } catch (RuntimeException e) {
            // Whether the commit arrived is not known when the connection broke: the tables say.
            current = store.load();
            tell(before, current);
            throw e;
        }
        current = after;
        tell(before, after);
    }

    private void tell(Assets before, Assets after) {
        listeners.forEach(listener -> listener.accept(before, after));
    }

    private Assets with(AssetImport.Plan plan, List<Facility> changed) {
        var districts = new java.util.LinkedHashMap<String, District>();
        current.districts().forEach(district -> districts.put(district.id(), district));
        plan.districts().forEach(district -> districts.put(district.id(), district));
        var facilities = new TreeMap<>(current.facilities());
        changed.forEach(facility -> facilities.put(facility.getId(), facility));
        return new Assets(
                plan.city() == null ? current.city() : plan.city(), districts.values(), facilities.values(), packs);
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
