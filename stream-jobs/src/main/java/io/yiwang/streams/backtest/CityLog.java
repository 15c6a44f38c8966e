package io.yiwang.streams.backtest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a city's topics hold, for looking back. Reads only: no group, nothing committed. */
final class CityLog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String bootstrap;
    private final CityClock clock;

    /** @param clock the city's: its time beside the stamps of the broker */
    CityLog(String bootstrap, CityClock clock) {
        this.bootstrap = bootstrap;
        this.clock = clock;
        var properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrap);
        properties.setProperty("client.id", "backtest");
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("allow.auto.create.topics", "false");
        properties.setProperty("max.poll.records", "5000");
        properties.setProperty("default.api.timeout.ms", String.valueOf(PATIENCE.toMillis()));
        try {
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw new CannotBacktest("--kafka " + bootstrap + ": " + reason(e));
        }
    }

    private static String reason(KafkaException e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause().getMessage();
    }

    /** The catalogue as it is now, by id. */
    Collection<FacilityAsset> assets() {
        var assets = new TreeMap<String, FacilityAsset>();
        read(Topics.ASSETS, Long.MIN_VALUE, Long.MAX_VALUE, record -> {
            var id = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                assets.remove(id);
            } else {
                assets.put(id, FacilityAsset.of(parsed(record, Facility.parser()::parseFrom)));
            }
        });
        return assets.values();
    }

    /** Steps of alarms that were announced in a time of the city, in the order of each partition. */
    List<Alarm> alarms(long fromMillis, long toMillis) {
        var alarms = new ArrayList<Alarm>();
        read(Topics.ALARMS, fromMillis, toMillis, record -> alarms.add(parsed(record, Alarm.parser()::parseFrom)));
        return alarms;
    }

    /** Gives the telemetry of a time of the city to {@code to}. */
    void telemetry(long fromMillis, long toMillis, WhatIf to) {
        read(Topics.TELEMETRY, fromMillis, toMillis, record -> {
            var wire = parsed(record, TelemetryRecord.parser()::parseFrom);
            long logMillis = wire.getLogMillis() != 0
                    ? wire.getLogMillis()
                    : clock.at(Instant.ofEpochMilli(record.timestamp())).toEpochMilli();
            switch (wire.getKindCase()) {
                case TELEMETRY ->
                    to.on(record.partition(), TelemetryMessage.of(wire.getTelemetry(), logMillis, record.partition()));
                case TICK ->
                    to.tick(record.partition(), logMillis, wire.getTick().getBreakMillis());
                case KIND_NOT_SET -> {
                    // Not ours; the job passes it over as well.
                }
            }
        });
    }

    private interface Parser<T> {
        T parse(byte[] bytes) throws InvalidProtocolBufferException;
    }

    private static <T> T parsed(ConsumerRecord<byte[], byte[]> record, Parser<T> parser) {
        try {
            return parser.parse(record.value() == null ? new byte[0] : record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new CannotBacktest("record " + record.offset() + " of " + record.topic() + "-" + record.partition()
                    + " cannot be read: " + e.getMessage());
        }
    }

    /** The records whose stamp lies in a time of the city, each partition in its order. */
    private void read(String topic, long fromMillis, long toMillis, Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
        try {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new CannotBacktest("Kafka at " + bootstrap + " has no topic " + topic + "; is it a city's?");
            }
            consumer.assign(partitions);
            var ends = ends(partitions, toMillis);
            seek(partitions, fromMillis);
            var left = new HashMap<>(ends);
            left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            consumer.pause(partitions.stream().filter(p -> !left.containsKey(p)).toList());
            while (!left.isEmpty()) {
                for (var record : consumer.poll(POLL)) {
                    var partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < ends.get(partition)) {
                        onRecord.accept(record);
                    }
                }
                for (var partition : List.copyOf(left.keySet())) {
                    if (consumer.position(partition) >= left.get(partition)) {
                        left.remove(partition);
                        consumer.pause(List.of(partition));
                    }
                }
            }
        } catch (KafkaException e) {
            throw new CannotBacktest("Kafka at " + bootstrap + " cannot be read: " + reason(e));
        }
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions, long toMillis) {
        var ends = new HashMap<>(consumer.endOffsets(partitions));
        if (toMillis != Long.MAX_VALUE) {
            consumer.offsetsForTimes(stamps(partitions, toMillis)).forEach((partition, offset) -> {
                if (offset != null) {
                    ends.put(partition, offset.offset());
                }
            });
        }
        return ends;
    }

    private void seek(List<TopicPartition> partitions, long fromMillis) {
        consumer.seekToBeginning(partitions);
        if (fromMillis != Long.MIN_VALUE) {
            consumer.offsetsForTimes(stamps(partitions, fromMillis)).forEach((partition, offset) -> {
                if (offset == null) {
                    consumer.seekToEnd(List.of(partition));
                } else {
                    consumer.seek(partition, offset.offset());
                }
            });
        }
    }

    private Map<TopicPartition, Long> stamps(List<TopicPartition> partitions, long cityMillis) {
        // Older than anything that a broker has stamped is asked for as the beginning.
        long wall = Math.max(0, clock.wallAt(Instant.ofEpochMilli(cityMillis)).toEpochMilli());
        var stamps = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> stamps.put(partition, wall));
        return stamps;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
