package io.yiwang.streams.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.wire.RuleRecord;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record of the rules topic on its way through the graph.
 *
 * @param bytes a {@code RuleRecord}, as the topic has it
 */
public record RuleUpdate(byte[] bytes) {
    private static final Logger LOG = LoggerFactory.getLogger(RuleUpdate.class);

    /** Empty and logged when it is not a record of ours. */
    public Optional<RuleRecord> rule() {
        try {
            return Optional.of(RuleRecord.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            LOG.error("a record of the rules topic cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
