package io.yiwang.ingest.mqtt;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.domain.DomainPacks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A real door whose log the test answers for. A payload {@code reply:<topic>} is answered with a message on that topic. */
final class TestingDoor implements AutoCloseable {
    static final String REPLY = "reply:";

    final HeldLog log = new HeldLog();
    final IngestMeter meter = new IngestMeter(new SimpleMeterRegistry());
    final Door door;

    TestingDoor(DoorSettings settings, String... devices) {
        var catalogue = new Catalogue(DomainPacks.bundled());
        catalogue.put(TestingCity.FACILITY, TestingCity.facility(devices));
        catalogue.markLoaded();
        var standard = Decoders.standard(catalogue, new SimpleMeterRegistry());
        var forwarder = new Forwarder(
                catalogue,
                arrival -> asksForReply(arrival) ? reply(arrival) : standard.decode(arrival),
                Validation.standard(),
                log,
                knock -> {},
                meter);
        door = Door.open(settings, catalogue, forwarder, log, meter, InstantSource.system());
    }

    static TestingDoor open(Path folder, String... devices) {
        return new TestingDoor(DoorSettings.of("127.0.0.1", 0, folder), devices);
    }

    private static boolean asksForReply(Arrival arrival) {
        return text(arrival).startsWith(REPLY);
    }

    private static Decoded reply(Arrival arrival) {
        var topic = text(arrival).substring(REPLY.length());
        return new Decoded.Messages(
                List.of(), List.of(), List.of(new Reply(topic, "again".getBytes(StandardCharsets.UTF_8))));
    }

    private static String text(Arrival arrival) {
        return new String(arrival.payload(), StandardCharsets.UTF_8);
    }

    int port() {
        return door.port();
    }

    @Override
    public void close() {
        door.close();
    }
}
