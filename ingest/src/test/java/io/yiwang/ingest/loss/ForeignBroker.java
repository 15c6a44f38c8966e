package io.yiwang.ingest.loss;

import static io.yiwang.ingest.loss.Patience.patiently;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A HiveMQ CE that belongs to somebody else, in a process of its own: everybody may connect, messages are kept for sessions. */
final class ForeignBroker implements AutoCloseable {
    private final TestingProcess process;
    private final int port;

    private ForeignBroker(Path folder, int port) {
        this.port = port;
        process = TestingProcess.java(
                folder.resolve("broker.log"),
                "256m",
                ForeignBroker.class.getName(),
                List.of(folder.toString(), Integer.toString(port)));
    }

    static ForeignBroker start(Path folder) throws IOException {
        var broker = new ForeignBroker(folder, TestingProcess.freePort());
        broker.process.start();
        patiently("the foreign broker").ignoreExceptions().until(() -> {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port)) {
                return socket.isConnected();
            }
        });
        return broker;
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }

    public static void main(String[] args) throws Exception {
        var folder = Path.of(args[0]);
        var conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("config.xml"), """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener><port>%s</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages><max-queue-size>100000</max-queue-size><strategy>discard</strategy></queued-messages>
                    <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
                  </mqtt>
                  <persistence><mode>in-memory</mode></persistence>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(args[1]));
        InternalConfigurations.MAX_INFLIGHT_WINDOW_SIZE_MESSAGES = 500;
        InternalConfigurations.JMX_REPORTER_ENABLED.set(false);
        InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(false);
        EmbeddedHiveMQ.builder()
                .withConfigurationFolder(conf)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .withoutLoggingBootstrap()
                .build()
                .start()
                .join();
        new CountDownLatch(1).await();
    }
}
