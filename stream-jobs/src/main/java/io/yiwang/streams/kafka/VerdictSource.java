package io.yiwang.streams.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Verdict;
import io.yiwang.model.wire.VerdictWord;
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
 * The compacted topic of verdicts as a stream: first the last word on every alarm, then new words. Keyed by alarm in Kafka; the job
 * keys it by {@link AlarmVerdict#facility}. Like {@link AssetSource} it has no time of its own.
 */
public final class VerdictSource {
    private VerdictSource() {}

    /**
     * @param uid uid of the source, e.g. {@code detect-verdicts}
     * @param clock the city's, in whose time a verdict came
     */
    public static DataStream<AlarmVerdict> from(
            StreamExecutionEnvironment env, String bootstrap, String group, String uid, CityClock clock) {
        return CompactedTopic.from(
                env, bootstrap, Topics.VERDICTS, "Verdicts", group, uid, new Deserializer(), watermarks(clock));
    }

    static WatermarkStrategy<AlarmVerdict> watermarks(CityClock clock) {
        return WatermarkStrategy.<AlarmVerdict>forGenerator(context -> new Timeless<>())
                .withTimestampAssigner((verdict, kafkaTimestamp) ->
                        clock.at(Instant.ofEpochMilli(kafkaTimestamp)).toEpochMilli());
    }

    /** Never throws, see {@link TelemetrySource.Deserializer}. A null value says nothing: words are taken back by a word. */
    static final class Deserializer implements KafkaRecordDeserializationSchema<AlarmVerdict> {
        private static final long serialVersionUID = 1;
        private static final Logger LOG = LoggerFactory.getLogger(VerdictSource.class);
        private static final int LONGEST_ID = 64;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<AlarmVerdict> out) {
            if (record.key() == null) {
                LOG.error("record without key in {}, offset {}", record.topic(), record.offset());
                return;
            }
            if (record.value() == null) {
                return;
            }
            var alarm = new String(record.key(), StandardCharsets.UTF_8);
            try {
                var wire = Verdict.parseFrom(record.value());
                if (!wire.getAlarm().equals(alarm)) {
                    LOG.error(
                            "the verdict on alarm '{}' is in {} under the key '{}'",
                            wire.getAlarm(),
                            record.topic(),
                            alarm);
                } else if (alarm.isEmpty()
                        || alarm.length() > LONGEST_ID
                        || wire.getFacility().isEmpty()) {
                    LOG.error(
                            "verdict on alarm '{}' of facility '{}' in {}: ids are missing or too long",
                            alarm,
                            wire.getFacility(),
                            record.topic());
                } else if (wire.getWord() == VerdictWord.UNRECOGNIZED) {
                    LOG.error(
                            "verdict on alarm '{}' in {}: unknown word {}", alarm, record.topic(), wire.getWordValue());
                } else {
                    out.collect(AlarmVerdict.of(wire));
                }
            } catch (InvalidProtocolBufferException e) {
                LOG.error("the verdict on alarm '{}' in {} cannot be read: {}", alarm, record.topic(), e.getMessage());
            }
        }

        @Override
        public TypeInformation<AlarmVerdict> getProducedType() {
            return TypeInformation.of(AlarmVerdict.class);
        }
    }
}
