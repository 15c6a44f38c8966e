package io.yiwang.ingest.kafka;

import io.yiwang.model.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;

/** Where the brokers of the telemetry topic are now, asked afresh at the configured addresses. */
class KafkaAddresses {
    private static final int PATIENCE_MILLIS = 10_000;

    private final String bootstrap;

    KafkaAddresses(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Whether Kafka answers and none of the topic's leaders is where {@code known} says. False when nobody answers. */
    final boolean differFrom(List<PartitionInfo> known) throws InterruptedException {
        var now = leaders();
        return !now.isEmpty()
                && known.stream()
                        .flatMap(partition -> Stream.ofNullable(partition.leader()))
                        .map(KafkaAddresses::address)
                        .noneMatch(now::contains);
    }

    /** Addresses of the leaders; empty when nobody answers. */
    Set<String> leaders() throws InterruptedException {
        try (var admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS / 2,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS))) {
            return addresses(admin
                    .describeTopics(List.of(Topics.TELEMETRY))
                    .allTopicNames()
                    .get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .get(Topics.TELEMETRY)
                    .partitions()
                    .stream()
                    .flatMap(partition -> Stream.ofNullable(partition.leader()))
                    .toList());
        } catch (ExecutionException | TimeoutException e) {
            return Set.of();
        }
    }

    private static Set<String> addresses(Collection<Node> brokers) {
        return brokers.stream().map(KafkaAddresses::address).collect(Collectors.toUnmodifiableSet());
    }

    private static String address(Node broker) {
        return broker.host() + ":" + broker.port();
    }
}
