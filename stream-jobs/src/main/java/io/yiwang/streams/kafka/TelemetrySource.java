package io.yiwang.streams.kafka;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.TelemetryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The telemetry topic as a stream. An element's Flink timestamp is its log clock: the broker's stamp, told in the city's time, unless
 * the record brings its own. Watermarks come from ticks only, per
 * partition: where no tick is written time stands still, so a closed door is not taken for ten thousand dead sensors.
 * The parallelism must not exceed the number of partitions: a source without a partition holds time back for ever.
 */
public final class TelemetrySource {
    private TelemetrySource() {}

    /**
     * Device messages, and notices of breaks for every facility that has spoken. Starts behind the group's committed offsets, or
     * at the oldest record; a restored checkpoint brings its own.
     *
     * @param uid prefix of the operators' uids, e.g. {@code detect-telemetry}
     * @param clock the city's
     * @param gather how long the broker may gather records before it answers. Each answer costs the broker and the job more
     *     than several records, so a job waits as long as what it makes may wait.
     */
    public static DataStream<TelemetryMessage> from(
            StreamExecutionEnvironment env,
            String bootstrap,
            String group,
            String uid,
            Duration gather,
            CityClock clock) {
        var source = KafkaSource.<TelemetryMessage>builder()
                .setBootstrapServers(bootstrap)
                .setTopics(Topics.TELEMETRY)
                .setGroupId(group)
                .setClientIdPrefix(uid)
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setProperties(reading())
                .setProperty("fetch.min.bytes", "1048576")
                .setProperty("fetch.max.wait.ms", String.valueOf(gather.toMillis()))
                .setDeserializer(new Deserializer(clock))
                .build();
        return env.fromSource(source, watermarks(), "Telemetry")
                .uid(uid + "-v1")
                .process(new BreakNotices(clock))
                .uid(uid + "-breaks-v1")
                .name("Tell facilities of breaks");
    }

    /** Watermark = the log clock of the newest tick. For tests that bring their own source. */
    static WatermarkStrategy<TelemetryMessage> watermarks() {
        return WatermarkStrategy.<TelemetryMessage>forGenerator(context -> new FromTicks())
                .withTimestampAssigner((message, kafkaTimestamp) -> message.logTimeMillis());
    }

    static Properties reading() {
        var properties = new Properties();
        properties.setProperty("commit.offsets.on.checkpoint", "true");
        properties.setProperty("partition.discovery.interval.ms", "60000");
        properties.setProperty("max.poll.records", "5000");
        properties.setProperty("max.partition.fetch.bytes", "4194304");
        return properties;
    }

    private static final class FromTicks implements WatermarkGenerator<TelemetryMessage> {
        @Override
        public void onEvent(TelemetryMessage message, long logTimeMillis, WatermarkOutput output) {
            if (message.isTick()) {
                output.emitWatermark(new Watermark(message.logTimeMillis()));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // Only the log moves the clock.
        }
    }

    /** Never throws: a record that is not ours would otherwise restart the job at the same offset for ever. */
    static final class Deserializer implements KafkaRecordDeserializationSchema<TelemetryMessage> {
        private static final long serialVersionUID = 1;
        private static final Logger LOG = LoggerFactory.getLogger(TelemetrySource.class);
        private final CityClock clock;
        private transient long foreign;

        Deserializer(CityClock clock) {
            this.clock = clock;
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<TelemetryMessage> out) {
            TelemetryRecord wire;
            try {
                wire = TelemetryRecord.parseFrom(record.value() == null ? new byte[0] : record.value());
            } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                skip(record, e.getMessage());
                return;
            }
            long logMillis = wire.getLogMillis() != 0
                    ? wire.getLogMillis()
                    : clock.at(Instant.ofEpochMilli(record.timestamp())).toEpochMilli();
            switch (wire.getKindCase()) {
                case TELEMETRY -> {
                    var telemetry = wire.getTelemetry();
                    if (telemetry.getFacility().isEmpty()
                            || telemetry.getDevice().isEmpty()) {
                        skip(record, "no facility or no device");
                    } else {
                        out.collect(TelemetryMessage.of(telemetry, logMillis, record.partition()));
                    }
                }
                case TICK -> out.collect(TelemetryMessage.tick(wire.getTick(), logMillis, record.partition()));
                case KIND_NOT_SET -> skip(record, "neither telemetry nor tick");
            }
        }

        private void skip(ConsumerRecord<byte[], byte[]> record, String why) {
            foreign++;
            if (Long.bitCount(foreign) == 1) {
                LOG.error(
                        "{} record(s) of {} are not telemetry; newest: partition {} offset {}: {}",
                        foreign,
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        why);
            }
        }

        @Override
        public TypeInformation<TelemetryMessage> getProducedType() {
            return TypeInformation.of(TelemetryMessage.class);
        }
    }
}
