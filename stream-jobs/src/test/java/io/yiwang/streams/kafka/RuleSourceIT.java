package io.yiwang.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.Topics;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.servers.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleSourceIT {
    @TempDir
    private Path folder;

    @Test
    void anOperatorLoadsWhatTheTopicHoldsAndTheStreamGoesOnFromThere() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrap()),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            var loader = RuleSource.Loader.of(kafka.bootstrap());
            assertThat(loader.load()).isEmpty();

            write(producer, "a", version(1).toByteArray());
            write(producer, "b", null);
            write(producer, "c", "not a rule".getBytes(StandardCharsets.UTF_8));
            write(producer, "d", version(2).toByteArray());
            producer.flush();
            assertThat(loader.load()).containsExactly(version(1), version(2));

            var env = StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
            var seen = new ArrayList<RuleRecord>();
            try (var updates = RuleSource.from(env, kafka.bootstrap(), "test", "test-rules")
                    .executeAndCollect()) {
                while (seen.size() < 3) {
                    updates.next().rule().ifPresent(seen::add);
                    if (seen.size() == 2) {
                        write(producer, "e", version(3).toByteArray());
                        producer.flush();
                    }
                }
            }
            assertThat(seen).isEqualTo(List.of(version(1), version(2), version(3)));

            // Rather no judgement than one by other rules.
            try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
                admin.deleteTopics(List.of(Topics.RULES)).all().get();
            }
            assertThatThrownBy(loader::load).isInstanceOf(RuntimeException.class);
        }
    }

    private static void write(KafkaProducer<String, byte[]> producer, String key, byte[] value) {
        producer.send(new ProducerRecord<>(Topics.RULES, key, value));
    }

    private static RuleRecord version(int version) {
        return RuleRecord.newBuilder()
                .setId("own.x")
                .setVersion(version)
                .setScope(Scopes.domain("gas"))
                .build();
    }
}
