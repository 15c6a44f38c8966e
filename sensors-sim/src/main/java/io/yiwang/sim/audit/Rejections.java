package io.yiwang.sim.audit;

import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was rejected and why, by device, boot and counter. A record seen twice changes nothing. Where a message could not be
 * understood, its boot and counter are looked for in its text, since its sender may still have written them.
 */
final class Rejections {
    private static final String WHOLE_MESSAGE = "";
    private static final Pattern BOOT = Pattern.compile("\"boot\"\\s*:\\s*\"([^\"\\\\]{1,64})\"");
    private static final Pattern SEQ = Pattern.compile("\"seq\"\\s*:\\s*(\\d{1,18})");

    private record MessageId(String device, String boot, long seq) {}

    private final Map<MessageId, Map<String, String>> reasons = new HashMap<>();
    private final Map<String, Long> unidentified = new HashMap<>();

    void add(Rejected rejected) {
        var device = deviceOf(rejected);
        if (device.isEmpty()) {
            unidentified.merge(rejected.getReason(), 1L, Long::sum);
        } else if (!rejected.getBoot().isEmpty() || rejected.getSeq() != 0) {
            add(new MessageId(device, rejected.getBoot(), rejected.getSeq()), rejected);
        } else if (!addByText(device, rejected)) {
            unidentified.merge(rejected.getReason(), 1L, Long::sum);
        }
    }

    /** Why the value is not telemetry; empty when it was not rejected. */
    Optional<String> reason(String device, String boot, long seq, String metric) {
        var ofMessage = reasons.get(new MessageId(device, boot, seq));
        if (ofMessage == null) {
            return Optional.empty();
        }
        @Nullable String whole = ofMessage.get(WHOLE_MESSAGE);
        return Optional.ofNullable(whole != null ? whole : ofMessage.get(metric));
    }

    /** Rejected records that cannot be matched to a sender's message, by reason. */
    Map<String, Long> unidentified() {
        return Map.copyOf(unidentified);
    }

    private void add(MessageId id, Rejected rejected) {
        var ofMessage = reasons.computeIfAbsent(id, key -> new HashMap<>(2));
        if (rejected.getMetricsCount() == 0) {
            ofMessage.put(WHOLE_MESSAGE, rejected.getReason());
        } else {
            rejected.getMetricsList().forEach(metric -> ofMessage.put(metric, rejected.getReason()));
        }
    }

    private boolean addByText(String device, Rejected rejected) {
        var text = rejected.getPayload().toString(StandardCharsets.UTF_8);
        var boots = BOOT.matcher(text);
        var seqs = SEQ.matcher(text);
        boolean found = false;
        while (boots.find() && seqs.find()) {
            add(new MessageId(device, boots.group(1), Long.parseLong(seqs.group(1))), rejected);
            found = true;
        }
        return found;
    }

    /** Who sent it: the authenticated client where the topic is what is wrong, else the device that ingest recognised. */
    private static String deviceOf(Rejected rejected) {
        if (rejected.getReason().equals(RejectReason.WRONG_TOPIC.name())
                && !rejected.getClient().isEmpty()) {
            return rejected.getClient();
        }
        if (!rejected.getDevice().isEmpty()) {
            return rejected.getDevice();
        }
        return DeviceTopic.parse(rejected.getMqttTopic())
                .map(DeviceTopic::device)
                .orElse(rejected.getClient());
    }
}
