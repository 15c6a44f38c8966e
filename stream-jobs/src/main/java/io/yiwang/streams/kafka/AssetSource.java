package io.yiwang.streams.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Facility;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted asset topic as a stream: first every facility, then changes. It has no time of its own: once it has been
 * read it never holds time back; and one subtask, so that none is without a partition.
 */
public final class AssetSource {
    private AssetSource() {}

    /**
     * @param uid uid of the source, e.g. {@code detect-assets}
     * @param clock the city's, in whose time a facility came
     */
    public static DataStream<FacilityAsset> from(
            StreamExecutionEnvironment env, String bootstrap, String group, String uid, CityClock clock) {
        return CompactedTopic.from(
                env, bootstrap, Topics.ASSETS, "Assets", group, uid, new Deserializer(), watermarks(clock));
    }

    static WatermarkStrategy<FacilityAsset> watermarks(CityClock clock) {
        return WatermarkStrategy.<FacilityAsset>forGenerator(context -> new Timeless<>())
                .withTimestampAssigner((asset, kafkaTimestamp) ->
                        clock.at(Instant.ofEpochMilli(kafkaTimestamp)).toEpochMilli());
    }

    /** Never throws, see {@link TelemetrySource.Deserializer}. A null value removes the facility. */
    static final class Deserializer implements KafkaRecordDeserializationSchema<FacilityAsset> {
        private static final long serialVersionUID = 1;
        private static final Logger LOG = LoggerFactory.getLogger(AssetSource.class);

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<FacilityAsset> out) {
            if (record.key() == null) {
                LOG.error("record without key in {}, offset {}", record.topic(), record.offset());
                return;
            }
            var id = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                out.collect(FacilityAsset.gone(id));
                return;
            }
            try {
                var wire = Facility.parseFrom(record.value());
                if (wire.getId().equals(id)) {
                    out.collect(FacilityAsset.of(wire));
                } else {
                    LOG.error("facility '{}' is in {} under the key '{}'", wire.getId(), record.topic(), id);
                }
            } catch (InvalidProtocolBufferException e) {
                LOG.error("facility '{}' in {} cannot be read: {}", id, record.topic(), e.getMessage());
            }
        }

        @Override
        public TypeInformation<FacilityAsset> getProducedType() {
            return TypeInformation.of(FacilityAsset.class);
        }
    }
}
