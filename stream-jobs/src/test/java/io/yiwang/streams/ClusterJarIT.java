package io.yiwang.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar for a Flink cluster holds the jobs and their connectors, and nothing that the cluster brings itself. */
class ClusterJarIT {

    @Test
    void theJarHoldsTheJobsAndNothingOfFlinkItself() throws Exception {
        Set<String> names;
        try (var jar = new JarFile(Path.of("target", "stream-jobs-cluster.jar").toFile())) {
            names = jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
        }
        assertThat(names)
                .contains(
                        "io/yiwang/streams/detect/DetectJob.class",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                        "com/google/protobuf/Message.class",
                        "domains/gas.yaml")
                .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
                .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/environment/"))
                .noneMatch(name -> name.startsWith("org/apache/flink/api/common/"))
                .noneMatch(name -> name.startsWith("org/slf4j/"))
                .noneMatch(name -> name.startsWith("ch/qos/logback/"));
    }
}
