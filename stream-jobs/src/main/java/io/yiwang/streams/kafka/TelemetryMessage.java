package io.yiwang.streams.kafka;

import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Tick;

/**
 * One record of the telemetry topic. Either a message of a device, or (with {@link #isBreak()}) the notice to one facility that
 * the doors were closed for a while. Never changed after construction, its arrays included.
 *
 * @param boot id of the device's start; empty when the device has no counter
 * @param seq counter within the boot
 * @param eventTimeMillis time of the readings by the device's clock, epoch ms
 * @param receivedMillis time ingest received the message, epoch ms
 * @param logTimeMillis the record's log clock, epoch ms: never decreases within a partition
 * @param partition Kafka partition
 * @param metrics metric codes
 * @param numbers value of each metric in its unit; NaN = absent
 * @param qualities number of the wire {@code Quality} of each value
 * @param breakMillis length of the break that ended at {@code logTimeMillis}, ms; 0 for telemetry
 */
public record TelemetryMessage(
        String domain,
        String district,
        String facility,
        String device,
        String boot,
        long seq,
        long eventTimeMillis,
        long receivedMillis,
        long logTimeMillis,
        int partition,
        String[] metrics,
        double[] numbers,
        byte[] qualities,
        long breakMillis) {

    private static final String[] NO_METRICS = {};
    private static final double[] NO_NUMBERS = {};
    private static final byte[] NO_QUALITIES = {};

    /** A notice that no telemetry could arrive for a while; it has no device and no values. */
    public boolean isBreak() {
        return breakMillis > 0 && device.isEmpty();
    }

    /** Number of values. */
    public int size() {
        return metrics.length;
    }

    /** The wire message as a record. */
    public static TelemetryMessage of(Telemetry wire, long logTimeMillis, int partition) {
        int size = wire.getValuesCount();
        var metrics = new String[size];
        var numbers = new double[size];
        var qualities = new byte[size];
        for (int i = 0; i < size; i++) {
            var value = wire.getValues(i);
            metrics[i] = value.getMetric();
            numbers[i] = value.hasNumber() ? value.getNumber() : Double.NaN;
            // A quality that this version does not know is not good.
            qualities[i] = (byte)
                    (value.getQuality() == Quality.UNRECOGNIZED ? Quality.DEVICE_BAD_VALUE : value.getQualityValue());
        }
        return new TelemetryMessage(
                wire.getDomain(),
                wire.getDistrict(),
                wire.getFacility(),
                wire.getDevice(),
                wire.getBoot(),
                wire.getSeq(),
                wire.getEventTimeMillis(),
                wire.getReceivedMillis(),
                logTimeMillis,
                partition,
                metrics,
                numbers,
                qualities,
                0);
    }

    /** A tick, which belongs to no facility; it does not leave {@link TelemetrySource}. */
    static TelemetryMessage tick(Tick tick, long logTimeMillis, int partition) {
        return notice("", logTimeMillis, partition, tick.getBreakMillis());
    }

    /** The notice of a break for one facility. */
    public static TelemetryMessage notice(String facility, long logTimeMillis, int partition, long breakMillis) {
        return new TelemetryMessage(
                "",
                "",
                facility,
                "",
                "",
                0,
                logTimeMillis,
                logTimeMillis,
                logTimeMillis,
                partition,
                NO_METRICS,
                NO_NUMBERS,
                NO_QUALITIES,
                breakMillis);
    }

    boolean isTick() {
        return facility.isEmpty() && device.isEmpty();
    }
}
