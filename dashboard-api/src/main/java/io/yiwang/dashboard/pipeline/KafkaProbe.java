package io.yiwang.dashboard.pipeline;

import io.yiwang.model.Topics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Whether Kafka answers, and how far the jobs are behind. */
final class KafkaProbe implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 1500;

    private final String bootstrap;
    private @Nullable Admin admin;

    KafkaProbe(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    PartStatus status() {
        try {
            int nodes = get(admin().describeCluster().nodes()).size();
            return PartStatus.up(nodes == 1 ? "1 broker" : nodes + " brokers");
        } catch (NoAnswer e) {
            return PartStatus.down("does not answer");
        }
    }

    /**
     * Records of topic {@code telemetry} that each consumer group has not committed yet. Jobs commit with their checkpoints,
     * so up to one interval's records are counted although they are read.
     *
     * @return by group; null for a group that committed nothing; empty when Kafka does not answer
     */
    Map<String, @Nullable Long> lag(List<String> groups) {
        var lag = new TreeMap<String, @Nullable Long>();
        try {
            var partitions = get(admin().describeTopics(List.of(Topics.TELEMETRY))
                            .allTopicNames())
                    .get(Topics.TELEMETRY)
                    .partitions()
                    .size();
            var ends = get(admin().listOffsets(IntStream.range(0, partitions)
                            .mapToObj(i -> new TopicPartition(Topics.TELEMETRY, i))
                            .collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                    .all());
            for (var group : groups) {
                var committed = get(admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
                Long behind = null;
                for (var end : ends.entrySet()) {
                    var offset = committed.get(end.getKey());
                    if (offset != null) {
                        behind = (behind == null ? 0 : behind)
                                + Math.max(0, end.getValue().offset() - offset.offset());
                    }
                }
                lag.put(group, behind);
            }
        } catch (NoAnswer e) {
            lag.clear();
        }
        return lag;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ofSeconds(1));
        }
    }

    private static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) throws NoAnswer {
        try {
            return future.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new NoAnswer();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer();
        }
    }

    private synchronized Admin admin() throws NoAnswer {
        if (admin == null) {
            try {
                admin = Admin.create(Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        AdminClientConfig.CLIENT_ID_CONFIG, "dashboard-pipeline",
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS));
            } catch (KafkaException e) {
                throw new NoAnswer();
            }
        }
        return admin;
    }
}
