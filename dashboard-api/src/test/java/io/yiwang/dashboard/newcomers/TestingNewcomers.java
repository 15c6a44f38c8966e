package io.yiwang.dashboard.newcomers;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Newcomer;
import io.yiwang.model.wire.Showing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Records as ingest writes them. */
final class TestingNewcomers {
    static final long NOW = 1_800_000_000_000L;

    private TestingNewcomers() {}

    static Credential credential(String id, String secret) {
        var salt = Arrays.copyOf(id.getBytes(StandardCharsets.UTF_8), 16);
        return Credential.newBuilder()
                .setSalt(ByteString.copyFrom(salt))
                .setHash(ByteString.copyFrom(Ids.secretHash(salt, secret.getBytes(StandardCharsets.UTF_8))))
                .build();
    }

    /** At the MQTT door, each secret shown once, the first one last. */
    static Newcomer.Builder mqtt(String id, String... secrets) {
        var newcomer = Newcomer.newBuilder()
                .setId(id)
                .setDoor("mqtt")
                .setWriter("w1")
                .setAddress("10.0.0.7")
                .addAddresses("10.0.0.7")
                .setFirstMillis(NOW)
                .setLastMillis(NOW)
                .setAttempts(Math.max(1, secrets.length));
        if (secrets.length == 0) {
            newcomer.addShowings(showing(NOW).build());
        }
        for (int i = 0; i < secrets.length; i++) {
            newcomer.addShowings(showing(NOW - i).setCredential(credential(id, secrets[i])));
        }
        return newcomer;
    }

    static Newcomer.Builder bridge(String id, String topic, String payload) {
        return Newcomer.newBuilder()
                .setId(id)
                .setDoor("bridge")
                .setWriter("w1")
                .setFirstMillis(NOW)
                .setLastMillis(NOW)
                .setAttempts(1)
                .setTopic(topic)
                .setPayload(ByteString.copyFromUtf8(payload))
                .addShowings(showing(NOW));
    }

    private static Showing.Builder showing(long millis) {
        return Showing.newBuilder()
                .setAddress("10.0.0.7")
                .setFirstMillis(millis)
                .setLastMillis(millis)
                .setAttempts(1);
    }

    static Knocker knocker(Newcomer.Builder... records) {
        var board = new NewcomerBoard(new byte[16]);
        for (var record : records) {
            board.take(record.build());
        }
        return board.all().get(0);
    }
}
