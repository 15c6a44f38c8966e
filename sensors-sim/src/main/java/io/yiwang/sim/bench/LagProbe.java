package io.yiwang.sim.bench;

import io.yiwang.model.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each consumer group is behind the end of topic {@code telemetry}, in messages. Flink commits at checkpoints only,
 * so that a single look shows a saw-tooth: the least of several looks within a checkpoint's time is the lag.
 */
final class LagProbe implements AutoCloseable {
    private final Admin admin;
    private final List<Map<String, Long>> looks = new ArrayList<>();

    LagProbe(String bootstrap) {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** Looks once; groups that never committed there are left out. */
    void look() throws InterruptedException {
        try {
            var partitions = admin
                    .describeTopics(List.of(Topics.TELEMETRY))
                    .allTopicNames()
                    .get()
                    .get(Topics.TELEMETRY)
                    .partitions()
                    .stream()
                    .map(info -> new TopicPartition(Topics.TELEMETRY, info.partition()))
                    .toList();
            var ends = admin.listOffsets(
                            partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                    .all()
                    .get();
            var lags = new HashMap<String, Long>();
            for (var group : admin.listGroups().all().get()) {
                var committed = admin.listConsumerGroupOffsets(group.groupId())
                        .partitionsToOffsetAndMetadata()
                        .get();
                long lag = 0;
                boolean any = false;
                for (var partition : partitions) {
                    var offset = committed.get(partition);
                    if (offset != null) {
                        any = true;
                        lag += Math.max(0, ends.get(partition).offset() - offset.offset());
                    }
                }
                if (any) {
                    lags.put(group.groupId(), lag);
                }
            }
            looks.add(lags);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not tell the consumers' lag: " + e.getCause(), e);
        }
    }

    /** Least lag of each group in the first and in the last {@code looksPerEnd} looks. */
    Map<String, Growth> growth(int looksPerEnd) {
        return growth(looks, looksPerEnd);
    }

    static Map<String, Growth> growth(List<Map<String, Long>> looks, int looksPerEnd) {
        var growth = new TreeMap<String, Growth>();
        var first = looks.subList(0, Math.min(looks.size(), looksPerEnd));
        var last = looks.subList(Math.max(0, looks.size() - looksPerEnd), looks.size());
        looks.stream().flatMap(look -> look.keySet().stream()).distinct().forEach(group -> {
            var atStart = least(first, group);
            var atEnd = least(last, group);
            if (atStart >= 0 && atEnd >= 0) {
                growth.put(group, new Growth(atStart, atEnd, atEnd - atStart));
            }
        });
        return growth;
    }

    private static long least(List<Map<String, Long>> looks, String group) {
        return looks.stream()
                .filter(look -> look.containsKey(group))
                .mapToLong(look -> look.get(group))
                .min()
                .orElse(-1);
    }

    /** Messages. */
    record Growth(long atStart, long atEnd, long growth) {}

    @Override
    public void close() {
        admin.close();
    }
}
