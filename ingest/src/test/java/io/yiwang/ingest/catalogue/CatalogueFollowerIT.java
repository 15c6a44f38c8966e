package io.yiwang.ingest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.TestingCity;
import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.servers.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueFollowerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** A Kafka that has just started answers before its topics are there. */
    @Test
    void aKafkaWithoutTheTopicYetEmptiesNoCatalogueAndIsWaitedFor() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.deleteTopics(List.of(Topics.ASSETS)).all().get(30, TimeUnit.SECONDS);
            await().atMost(PATIENCE)
                    .until(() -> !admin.listTopics()
                            .names()
                            .get(30, TimeUnit.SECONDS)
                            .contains(Topics.ASSETS));
            var copy = new CatalogueCopy(folder.resolve("copy"));
            copy.write(List.of(TestingCity.facility(TestingCity.GOOD)));
            var catalogue = new Catalogue(DomainPacks.bundled());
            try (var follower = new CatalogueFollower(catalogue, copy, kafka.bootstrap())) {
                assertThat(catalogue.device(TestingCity.GOOD)).isNotNull();
                TimeUnit.SECONDS.sleep(5);
                assertThat(catalogue.device(TestingCity.GOOD)).isNotNull();

                admin.createTopics(List.of(new NewTopic(Topics.ASSETS, Optional.of(3), Optional.empty())))
                        .all()
                        .get(30, TimeUnit.SECONDS);
                TestingCity.publish(kafka.bootstrap(), TestingCity.facility(TestingCity.GOOD, TestingCity.BAD));
                await().atMost(PATIENCE).until(() -> catalogue.device(TestingCity.BAD) != null);
            }
        }
    }
}
