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
 * @param qualities number of the wire {@code Quality} of each value; behind the first stage the code of its {@code Quality}
 * @param breakMillis length of the break that ended at {@code logTimeMillis}, ms; 0 for telemetry
 * @param intervalSeconds 0 = readings of an instant; else the numbers are means over so many seconds from {@code eventTimeMillis} on
 * @param minima least value of each metric over the interval, NaN = not said; empty for readings of an instant, and so are the next two
 * @param maxima greatest
 * @param totals sum, in the unit that the device's standard gives it
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
        long breakMillis,
        int intervalSeconds,
        double[] minima,
        double[] maxima,
        double[] totals) {

    private static final String[] NO_METRICS = {};
    private static final double[] NO_NUMBERS = {};
    private static final byte[] NO_QUALITIES = {};

    /** In a savepoint from before intervals their arrays are missing. */
    public TelemetryMessage {
        minima = minima == null ? NO_NUMBERS : minima;
        maxima = maxima == null ? NO_NUMBERS : maxima;
        totals = totals == null ? NO_NUMBERS : totals;
    }

    /** Readings of an instant, or a notice. */
    public TelemetryMessage(
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
        this(
                domain,
                district,
                facility,
                device,
                boot,
                seq,
                eventTimeMillis,
                receivedMillis,
                logTimeMillis,
                partition,
                metrics,
                numbers,
                qualities,
                breakMillis,
                0,
                NO_NUMBERS,
                NO_NUMBERS,
                NO_NUMBERS);
    }

    /**
     * Whether the values are what a device computed over an interval. That is history of its own: it is archived, and otherwise left
     * alone. It is no reading to be judged or counted, and has no part in the first stage's memory, because it can share device, time and
     * metrics with a reading.
     */
    public boolean isInterval() {
        return intervalSeconds > 0;
    }

    /** A notice that no telemetry could arrive for a while; it has no device and no values. */
    public boolean isBreak() {
        return breakMillis > 0 && device.isEmpty();
    }

    /** Number of values. */
    public int size() {
        return metrics.length;
    }

    /** The same with other qualities; {@code qualities} is not to be changed any more. */
    public TelemetryMessage with(byte[] qualities) {
        return new TelemetryMessage(
                domain,
                district,
                facility,
                device,
                boot,
                seq,
                eventTimeMillis,
                receivedMillis,
                logTimeMillis,
                partition,
                metrics,
                numbers,
                qualities,
                breakMillis,
                intervalSeconds,
                minima,
                maxima,
                totals);
    }

    /** The wire message as a record. */
    public static TelemetryMessage of(Telemetry wire, long logTimeMillis, int partition) {
        int size = wire.getValuesCount();
        var metrics = new String[size];
        var numbers = new double[size];
        var qualities = new byte[size];
        int seconds = wire.getIntervalSeconds();
        int spreads = seconds > 0 ? size : 0;
        var minima = spreads == 0 ? NO_NUMBERS : new double[size];
        var maxima = spreads == 0 ? NO_NUMBERS : new double[size];
        var totals = spreads == 0 ? NO_NUMBERS : new double[size];
        for (int i = 0; i < size; i++) {
            var value = wire.getValues(i);
            metrics[i] = value.getMetric();
            numbers[i] = value.hasNumber() ? value.getNumber() : Double.NaN;
            // A quality that this version does not know is not good.
            qualities[i] = (byte)
                    (value.getQuality() == Quality.UNRECOGNIZED ? Quality.DEVICE_BAD_VALUE : value.getQualityValue());
        }
        for (int i = 0; i < spreads; i++) {
            var value = wire.getValues(i);
            minima[i] = value.hasMin() ? value.getMin() : Double.NaN;
            maxima[i] = value.hasMax() ? value.getMax() : Double.NaN;
            totals[i] = value.hasTotal() ? value.getTotal() : Double.NaN;
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
                0,
                Math.max(0, seconds),
                minima,
                maxima,
                totals);
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
