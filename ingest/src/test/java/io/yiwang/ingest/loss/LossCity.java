package io.yiwang.ingest.loss;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The devices of one test: some gas stations, so that several partitions are written to, with some detectors each. Every test has a
 * city of its own and may share Kafka with others.
 */
record LossCity(List<Place> places) {
    record Place(String domain, String facility, String device) {
        String telemetryTopic() {
            return new DeviceTopic(domain, facility, device, DeviceTopic.TELEMETRY).toString();
        }
    }

    static LossCity of(String name, int facilities, int devicesEach) {
        var places = new ArrayList<Place>();
        for (int facility = 1; facility <= facilities; facility++) {
            for (int device = 1; device <= devicesEach; device++) {
                places.add(new Place("gas", name + "-f" + facility, name + "-f" + facility + "-d" + device));
            }
        }
        return new LossCity(List.copyOf(places));
    }

    Set<String> devices() {
        return places.stream().map(Place::device).collect(Collectors.toSet());
    }

    void publish(String bootstrap) throws Exception {
        var facilities = places.stream().collect(Collectors.groupingBy(Place::facility));
        for (var facility : facilities.entrySet()) {
            var entry = Facility.newBuilder()
                    .setId(facility.getKey())
                    .setDomain("gas")
                    .setType("gate_station")
                    .setDistrict("east")
                    .setInService(true);
            for (var place : facility.getValue()) {
                var salt = place.device().getBytes(StandardCharsets.UTF_8);
                var secret = TestingCity.secret(place.device()).getBytes(StandardCharsets.UTF_8);
                entry.addDevices(Device.newBuilder()
                        .setId(place.device())
                        .addPoints(Point.newBuilder().setMetric(TestingCity.METRIC))
                        .setCredential(Credential.newBuilder()
                                .setSalt(ByteString.copyFrom(salt))
                                .setHash(ByteString.copyFrom(Ids.secretHash(salt, secret)))));
            }
            TestingCity.publish(bootstrap, entry.build());
        }
    }
}
