package io.yiwang.sim.signal;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import java.time.Instant;
import java.time.ZoneId;

/** Measures readings per second of one core: {@code main}, no test, since a shared machine promises no times. */
final class ReadingSpeed {
    private ReadingSpeed() {}

    public static void main(String[] args) {
        var packs = DomainPacks.bundled();
        var city = new CityGenerator(packs, 1, DeviceKeys.of(new byte[] {1}))
                .generate(args.length > 0 ? Integer.parseInt(args[0]) : 60)
                .facilities();
        var signals = new Signals(packs, city, 1, ZoneId.of("Asia/Shanghai"));
        var start = Instant.parse("2026-11-21T02:00:00Z").toEpochMilli();
        var sum = 0.0;
        for (int round = 0; round < 6; round++) {
            var readings = 0L;
            var before = System.nanoTime();
            for (long t = 0; t < 600; t++) {
                for (var facility : city) {
                    for (var device : facility.getDevicesList()) {
                        // Devices look at moments of their own.
                        var millis = start + (round * 600 + t) * 5_000 + Math.floorMod(device.hashCode(), 5_000);
                        for (var instrument : signals.of(facility, device)) {
                            sum += instrument.at(millis);
                            readings++;
                        }
                    }
                }
            }
            System.out.printf("%d readings, %.0f a second%n", readings, readings * 1e9 / (System.nanoTime() - before));
        }
        System.out.println(sum);
    }
}
