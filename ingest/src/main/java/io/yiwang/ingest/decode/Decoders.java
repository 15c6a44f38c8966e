package io.yiwang.ingest.decode;

import io.micrometer.core.instrument.MeterRegistry;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.hj212.Hj212Decoder;
import io.yiwang.ingest.decode.senml.LedgerNames;
import io.yiwang.ingest.decode.senml.SenmlDecoder;
import io.yiwang.ingest.decode.sparkplug.LedgerEdges;
import io.yiwang.ingest.decode.sparkplug.SparkplugDecoder;
import io.yiwang.ingest.decode.sparkplug.SparkplugTopic;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects behind one port: the topic says which it is, and where it leaves that open the MQTT 5 content type. */
public final class Decoders implements Decoder {
    private final Map<Dialect, Decoder> decoders = new EnumMap<>(Dialect.class);

    public Decoders(Map<Dialect, Decoder> decoders) {
        this.decoders.putAll(decoders);
    }

    /**
     * All that this program can read.
     *
     * @param catalogue says whom a name means, for dialects that leave it open
     * @param registry where dialects count what is theirs
     */
    public static Decoders standard(Catalogue catalogue, MeterRegistry registry) {
        var decoders = new EnumMap<Dialect, Decoder>(Dialect.class);
        decoders.put(Dialect.JSON, new JsonDecoder());
        decoders.put(Dialect.SENML, new SenmlDecoder(new LedgerNames(catalogue)));
        decoders.put(Dialect.SPARKPLUG, new SparkplugDecoder(new LedgerEdges(catalogue)));
        decoders.put(Dialect.HJ212, new Hj212Decoder(registry));
        return new Decoders(decoders);
    }

    /** The dialect of a payload. */
    public static Dialect dialect(String topic, @Nullable String contentType) {
        if (topic.startsWith(SparkplugTopic.NAMESPACE)) {
            return Dialect.SPARKPLUG;
        }
        if (topic.endsWith("/" + DeviceTopic.SENML)) {
            return Dialect.SENML;
        }
        if (topic.endsWith("/" + DeviceTopic.HJ212) || topic.equals(DeviceTopic.HJ212)) {
            return Dialect.HJ212;
        }
        return contentType == null ? Dialect.JSON : ofContentType(contentType);
    }

    private static Dialect ofContentType(String contentType) {
        int end = contentType.indexOf(';');
        return switch ((end < 0 ? contentType : contentType.substring(0, end)).strip()) {
            case "application/senml+json" -> Dialect.SENML;
            case "text/hj212", "application/hj212" -> Dialect.HJ212;
            default -> Dialect.JSON;
        };
    }

    @Override
    public Decoded decode(Arrival arrival) {
        var dialect = dialect(arrival.topic(), arrival.contentType());
        var decoder = decoders.get(dialect);
        return decoder == null
                ? new Decoded.Unreadable(RejectReason.UNSUPPORTED, dialect + " is not read here")
                : decoder.decode(arrival);
    }
}
