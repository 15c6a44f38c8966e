package io.yiwang.ingest.decode.sparkplug;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Date;
import org.eclipse.tahu.SparkplugInvalidTypeException;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.Metric.MetricBuilder;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.PropertyDataType;
import org.eclipse.tahu.message.model.PropertySet;
import org.eclipse.tahu.message.model.PropertySet.PropertySetBuilder;
import org.eclipse.tahu.message.model.PropertyValue;
import org.eclipse.tahu.message.model.SparkplugBPayload.SparkplugBPayloadBuilder;
import org.jspecify.annotations.Nullable;

/** Payloads of an edge node, written by Tahu's own encoder. */
public final class TestingEdge {
    private TestingEdge() {}

    public static Draft payload(long millis, long seq) {
        return new Draft(new SparkplugBPayloadBuilder(seq).setTimestamp(new Date(millis)), new Date(millis));
    }

    /** A last will: written when the connection begins, and nothing in it but the number of the birth. */
    public static Draft death(long bdSeq) {
        return new Draft(new SparkplugBPayloadBuilder(), new Date(0)).bdSeq(bdSeq);
    }

    /** A payload while it is written. */
    public static final class Draft {
        private final SparkplugBPayloadBuilder payload;
        /** Tahu gives every metric a time, the one of its making if no other. */
        private final Date time;

        private Draft(SparkplugBPayloadBuilder payload, Date time) {
            this.payload = payload;
            this.time = time;
        }

        public Draft bdSeq(long number) {
            return add(() -> new MetricBuilder("bdSeq", MetricDataType.Int64, number).createMetric());
        }

        public Draft metric(
                String name, @Nullable Integer alias, MetricDataType type, Object value, @Nullable String unit) {
            try {
                return described(
                        name,
                        alias,
                        type,
                        value,
                        unit == null
                                ? null
                                : new PropertySetBuilder()
                                        .addProperty("engUnit", new PropertyValue(PropertyDataType.String, unit))
                                        .createPropertySet());
            } catch (SparkplugInvalidTypeException e) {
                throw new AssertionError(e);
            }
        }

        public Draft described(
                String name,
                @Nullable Integer alias,
                MetricDataType type,
                Object value,
                @Nullable PropertySet properties) {
            return add(() -> {
                var metric = new MetricBuilder(name, type, value).timestamp(time);
                if (alias != null) {
                    metric.alias(alias.longValue());
                }
                if (properties != null) {
                    metric.properties(properties);
                }
                return metric.createMetric();
            });
        }

        public Draft byAlias(long alias, MetricDataType type, Object value) {
            return add(() -> new MetricBuilder(
                            alias, type, type == MetricDataType.Double ? ((Number) value).doubleValue() : value)
                    .timestamp(time)
                    .createMetric());
        }

        public Draft timedByAlias(long alias, long millis, double value) {
            return add(() -> new MetricBuilder(alias, MetricDataType.Double, value)
                    .timestamp(new Date(millis))
                    .isHistorical(true)
                    .createMetric());
        }

        private interface Written {
            Metric get() throws SparkplugInvalidTypeException;
        }

        private Draft add(Written written) {
            try {
                payload.addMetric(written.get());
                return this;
            } catch (SparkplugInvalidTypeException e) {
                throw new AssertionError(e);
            }
        }

        public byte[] bytes() {
            try {
                return new SparkplugBPayloadEncoder().getBytes(payload.createPayload(), false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
