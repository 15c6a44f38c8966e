package io.yiwang.dashboard.newcomers;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.assets.NewSecret;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What accepting somebody comes to: a new device of a facility, or another credential of a device that is there. */
sealed interface Acceptance {
    /** @param secret made now, to be shown once; null = it keeps the one that it showed, or needs none */
    record Added(String facility, Device device, @Nullable NewSecret secret) implements Acceptance {}

    /** @param secret as of {@link Added} */
    record Recredentialed(
            Assets.DeviceAt at,
            Credential credential,
            @Nullable NewSecret secret) implements Acceptance {}

    /**
     * What a person wants. What is left out is taken from the guess.
     *
     * @param device id that it gets; only who comes through a gateway or a logger may get another than it calls itself
     * @param type id of a device of the facility's type; its metrics become the points unless {@code points} says others
     * @param showing id of the showing whose secret is the device's; needed when there are several
     * @param newSecret make a secret instead of taking the one that it showed
     * @param replaceCredential the device is in the ledger: give it this credential
     */
    record Wanted(
            @Nullable String facility,
            @Nullable String device,
            @Nullable Name name,
            @Nullable String type,
            @Nullable List<WantedPoint> points,
            @Nullable String gateway,
            @Nullable String externalId,
            @Nullable String showing,
            @Nullable Boolean newSecret,
            @Nullable Boolean replaceCredential) {
        public Wanted {
            newSecret = newSecret != null && newSecret;
            replaceCredential = replaceCredential != null && replaceCredential;
        }
    }

    record WantedPoint(
            @Nullable String metric,
            @Nullable Integer periodSeconds,
            @Nullable String source,
            @Nullable String unit) {}

    /**
     * @param nowMillis by the world's clock, as certificates have it
     * @throws Problem when it cannot be accepted so; the sentence says what to do
     */
    static Acceptance of(Knocker whole, Wanted wanted, Assets assets, DomainPacks packs, long nowMillis) {
        var known = Standing.known(whole, assets);
        var knocker = whole.besides(known == null ? null : known.device());
        if (known != null) {
            if (!wanted.replaceCredential()) {
                throw Problem.conflict(
                        "DEVICE_EXISTS",
                        "device " + known.device().getId() + " is in the ledger already, at "
                                + known.facility().getId()
                                + "; say replaceCredential to give it the credential that was shown");
            }
            var secret = wanted.newSecret() ? newSecret(knocker, nowMillis) : null;
            var credential = secret == null ? shown(knocker, wanted, nowMillis) : secret.credential();
            if (credential == null) {
                throw noSecret(knocker);
            }
            return new Recredentialed(known, credential, secret);
        }
        if (wanted.replaceCredential()) {
            throw Problem.notFound(
                    "UNKNOWN_DEVICE", "the ledger has no device that is called so; leave replaceCredential out");
        }
        return added(knocker, wanted, assets, packs, nowMillis);
    }

    private static Added added(Knocker knocker, Wanted wanted, Assets assets, DomainPacks packs, long nowMillis) {
        var guess = Guess.of(knocker, wanted.facility(), assets, packs);
        var facility = wanted.facility() == null ? guess.facility() : wanted.facility();
        if (facility.isEmpty()) {
            throw Problem.badRequest("FACILITY_NEEDED", "say which facility the device belongs to");
        }
        if (assets.facility(facility).isEmpty()) {
            throw Problem.notFound("UNKNOWN_FACILITY", "no facility " + facility + " in the ledger");
        }
        boolean mqtt = knocker.door().equals(Knocker.MQTT);
        var id = wanted.device() == null || wanted.device().isBlank() ? guess.device() : wanted.device();
        if (mqtt && !id.equals(knocker.id()) || id.isEmpty()) {
            throw Problem.conflict(
                    "INVALID_ID",
                    mqtt
                            ? "a device at the MQTT door is called by its client id, and that must match " + Ids.ID
                                    + "; change it at the device"
                            : "say the id that the device gets: what it calls itself does not match " + Ids.ID);
        }
        var outside = wanted.externalId() == null ? (id.equals(knocker.id()) ? "" : knocker.id()) : wanted.externalId();
        var secret = wanted.newSecret() ? newSecret(knocker, nowMillis) : null;
        var credential = secret == null ? shown(knocker, wanted, nowMillis) : secret.credential();
        if (credential == null && !knocker.showings().get(0).certificate().isEmpty()) {
            credential = byCertificate(nowMillis);
        }
        if (credential == null && !knocker.door().equals(Knocker.BRIDGE)) {
            throw noSecret(knocker);
        }
        var name = wanted.name() == null ? guess.name() : wanted.name();
        var device = Device.newBuilder()
                .setId(id)
                .setName(Text.newBuilder()
                        .setZh(name.zh() == null ? "" : name.zh())
                        .setEn(name.en() == null ? "" : name.en()))
                .setGateway(wanted.gateway() == null ? "" : wanted.gateway())
                .setExternalId(outside);
        points(wanted, guess, facility, assets, packs, device);
        if (credential != null) {
            device.setCredential(credential);
        }
        return new Added(facility, device.build(), secret);
    }

    private static void points(
            Wanted wanted, Guess guess, String facility, Assets assets, DomainPacks packs, Device.Builder device) {
        if (wanted.points() != null) {
            for (var point : wanted.points()) {
                if (point == null) {
                    throw Problem.badRequest("BAD_POINT", "null is no point");
                }
                device.addPoints(Point.newBuilder()
                        .setMetric(point.metric() == null ? "" : point.metric())
                        .setPeriodSeconds(point.periodSeconds() == null ? 0 : point.periodSeconds())
                        .setSource(point.source() == null ? "" : point.source())
                        .setUnit(point.unit() == null ? "" : point.unit()));
            }
        } else if (wanted.type() != null && !wanted.type().equals(guess.type())) {
            var at = assets.facility(facility).orElseThrow();
            var template = packs.domain(at.getDomain())
                    .map(domain -> domain.typesById().get(at.getType()))
                    .flatMap(type -> type.devices().stream()
                            .filter(each -> each.id().equals(wanted.type()))
                            .findFirst())
                    .orElseThrow(() -> Problem.badRequest(
                            "UNKNOWN_DEVICE_TYPE",
                            "facilities of type " + at.getType() + " have no device '" + wanted.type() + "'"));
            template.metrics()
                    .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
        } else {
            guess.points()
                    .forEach(point -> device.addPoints(Point.newBuilder()
                            .setMetric(point.metric())
                            .setSource(point.source())
                            .setUnit(point.unit())));
        }
    }

    /** The credential that it showed, made now; null when it showed none. */
    private static @Nullable Credential shown(Knocker knocker, Wanted wanted, long nowMillis) {
        var chosen = wanted.showing() == null
                ? null
                : knocker.showing(wanted.showing())
                        .orElseThrow(() -> Problem.conflict(
                                "SHOWING_GONE", "that secret is no longer among those shown; look at the list again"));
        if (chosen == null && knocker.secrets() > 1) {
            throw Problem.conflict(
                    "SEVERAL_SECRETS",
                    "more than one secret was shown under this name, perhaps by somebody else; say which showing is the"
                            + " device's, or newSecret");
        }
        var credential = chosen != null
                ? chosen.credential()
                : knocker.showings().stream()
                        .map(Knocker.Shown::credential)
                        .filter(each -> each != null)
                        .findFirst()
                        .orElse(null);
        return credential == null
                ? null
                : credential.toBuilder().setIssuedMillis(nowMillis).build();
    }

    /** Without a credential nobody may connect; this one has a secret that nobody knows, and leaves its certificate in force. */
    private static Credential byCertificate(long nowMillis) {
        return NewSecret.make(nowMillis).credential().toBuilder()
                .clearIssuedMillis()
                .build();
    }

    private static NewSecret newSecret(Knocker knocker, long nowMillis) {
        if (knocker.door().equals(Knocker.HJ212)) {
            throw Problem.conflict(
                    "NO_NEW_SECRET",
                    "a data logger's password has six characters and is set at the logger: set it there, and accept what it"
                            + " then shows");
        }
        return NewSecret.make(nowMillis);
    }

    private static Problem noSecret(Knocker knocker) {
        return Problem.conflict(
                "NO_SECRET",
                knocker.door().equals(Knocker.HJ212)
                        ? "it showed no password; set one at the logger"
                        : "it showed no secret that could become its credential; ask for newSecret and put it into the"
                                + " device");
    }
}
