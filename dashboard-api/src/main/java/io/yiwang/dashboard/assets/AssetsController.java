package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetDocument.City;
import io.yiwang.dashboard.assets.AssetDocument.DeviceEntry;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.PointEntry;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Import, export and device credentials. */
@RestController
class AssetsController {
    private static final int MOST_FACILITIES = 20_000;
    private static final int SECRET_BYTES = 32;
    private static final int SALT_BYTES = 16;

    record Imported(int created, int updated, int unchanged, List<AssetImport.Refusal> errors) {}

    /** Shown once: only its hash is kept. */
    record NewCredential(String device, String username, String password, String topic) {}

    private final AssetLedger ledger;
    private final SecureRandom random = new SecureRandom();

    AssetsController(AssetLedger ledger) {
        this.ledger = ledger;
    }

    /** The whole ledger without credentials; importing it again changes nothing. */
    @GetMapping("/api/assets")
    AssetDocument export() {
        var assets = ledger.current();
        return new AssetDocument(
                new City(assets.city()),
                assets.districts().stream()
                        .map(d -> new DistrictEntry(d.id(), d.name(), d.boundary()))
                        .toList(),
                assets.facilities().values().stream()
                        .map(AssetsController::entry)
                        .toList());
    }

    /** Adds and changes facilities; what the document does not mention stays. */
    @PostMapping("/api/assets")
    @ResponseStatus(HttpStatus.OK)
    Imported bring(@RequestBody AssetDocument document, Principal actor) {
        if (document.facilities() != null && document.facilities().size() > MOST_FACILITIES) {
            throw Problem.badRequest("TOO_MANY", "at most " + MOST_FACILITIES + " facilities in one import");
        }
        if (document.facilities() != null && document.facilities().contains(null)
                || document.districts() != null && document.districts().contains(null)) {
            throw Problem.badRequest("BAD_DOCUMENT", "null is neither a facility nor a district");
        }
        var plan = ledger.bring(document, actor.getName());
        return new Imported(plan.created().size(), plan.updated().size(), plan.unchanged(), plan.errors());
    }

    @DeleteMapping("/api/assets/{facility}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String facility, Principal actor) {
        if (!ledger.remove(facility, actor.getName())) {
            throw Problem.notFound("UNKNOWN_FACILITY", "no facility " + facility + " in the ledger");
        }
    }

    /** A new secret for the device; the one before stops working. */
    @PostMapping("/api/devices/{id}/credential")
    @ResponseStatus(HttpStatus.OK)
    NewCredential create(@PathVariable String id, Principal actor) {
        var at = ledger.current().device(id).orElseThrow(() -> unknownDevice(id));
        var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
        var salt = bytes(SALT_BYTES);
        var hash = Ids.secretHash(salt, password.getBytes(StandardCharsets.UTF_8));
        var credential = Credential.newBuilder()
                .setSalt(ByteString.copyFrom(salt))
                .setHash(ByteString.copyFrom(hash))
                .build();
        if (!ledger.setCredential(id, credential, actor.getName())) {
            throw unknownDevice(id);
        }
        var facility = at.facility();
        return new NewCredential(
                id,
                id,
                password,
                new DeviceTopic(facility.getDomain(), facility.getId(), id, DeviceTopic.TELEMETRY).toString());
    }

    @DeleteMapping("/api/devices/{id}/credential")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, Principal actor) {
        if (!ledger.setCredential(id, null, actor.getName())) {
            throw unknownDevice(id);
        }
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Problem unknownDevice(String id) {
        return Problem.notFound("UNKNOWN_DEVICE", "no device " + id + " in the ledger");
    }

    private static FacilityEntry entry(Facility facility) {
        return new FacilityEntry(
                facility.getId(),
                facility.getDomain(),
                facility.getType(),
                facility.getDistrict(),
                Assets.name(facility.getName()),
                facility.getLongitude(),
                facility.getLatitude(),
                facility.getParametersMap(),
                facility.getInService(),
                facility.getUpstreamList(),
                facility.getDevicesList().stream().map(AssetsController::entry).toList());
    }

    private static DeviceEntry entry(Device device) {
        return new DeviceEntry(
                device.getId(),
                Assets.name(device.getName()),
                device.getPointsList().stream()
                        .map(point -> new PointEntry(point.getMetric(), point.getPeriodSeconds()))
                        .toList(),
                null);
    }
}
