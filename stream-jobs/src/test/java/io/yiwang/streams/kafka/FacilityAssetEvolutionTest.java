package io.yiwang.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Savepoints from before the facility's feeders were kept still load. */
class FacilityAssetEvolutionTest {
    /** The record as it was. */
    private static final String BEFORE = """
            package io.yiwang.streams.kafka;

            import java.util.List;
            import java.util.Map;

            public record FacilityAsset(
                    String id, String domain, String type, String district, Map<String, Double> parameters,
                    List<DeviceAsset> devices, boolean inService, boolean removed) {
                public record DeviceAsset(String id, List<PointAsset> points) {}

                public record PointAsset(String metric, int periodSeconds) {}
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void aFacilityOfAnOlderSavepointHasNoFeeders() throws Exception {
        var source = folder.resolve("FacilityAsset.java");
        Files.writeString(source, BEFORE);
        var compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
        assertThat(compiled).isZero();
        var out = new DataOutputSerializer(256);
        try (var before = new Before(folder.toUri().toURL())) {
            var type = before.loadClass(FacilityAsset.class.getName());
            var facility = type.getConstructors()[0].newInstance(
                    "F", "gas", "gate_station", "d1", Map.of("p", 1.5), List.of(), true, false);
            write(TypeInformation.of(type), facility, out);
        }

        var in = new DataInputDeserializer(out.getCopyOfBuffer());
        TypeSerializerSnapshot<FacilityAsset> snapshot =
                TypeSerializerSnapshot.readVersionedSnapshot(in, FacilityAsset.class.getClassLoader());
        var now = TypeInformation.of(FacilityAsset.class).createSerializer(new SerializerConfigImpl());
        var compatibility = now.snapshotConfiguration().resolveSchemaCompatibility(snapshot);
        assertThat(compatibility.isIncompatible()).isFalse();
        assertThat(snapshot.restoreSerializer().deserialize(in))
                .isEqualTo(
                        new FacilityAsset("F", "gas", "gate_station", "d1", Map.of("p", 1.5), List.of(), true, false));
    }

    private static <T> void write(TypeInformation<T> type, Object facility, DataOutputSerializer out) throws Exception {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        @SuppressWarnings("unchecked")
        var written = (T) facility;
        serializer.serialize(written, out);
    }

    /** Knows the record as it was instead of as it is. */
    private static final class Before extends URLClassLoader {
        Before(URL folder) {
            super(new URL[] {folder}, FacilityAssetEvolutionTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(FacilityAsset.class.getName())) {
                var known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
