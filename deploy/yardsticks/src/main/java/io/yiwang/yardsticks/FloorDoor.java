package io.yiwang.yardsticks;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The floor under the door: the same embedded broker with the same settings, whose extension acknowledges each publish at once and delivers
 * it to nobody. What a door costs beyond this is the door's own. Answers {@code count} with the number of publishes taken.
 */
final class FloorDoor {
    private FloorDoor() {}

    /** @param arguments {@code data=DIR}, for the broker's files */
    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(Dialogue.arguments(arguments, "data").get("data"));
        int port = freePort();
        var conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("config.xml"), configuration(port));
        var taken = new LongAdder();
        var broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(conf)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .withEmbeddedExtension(EmbeddedExtension.builder()
                        .withId("floor-door")
                        .withName("Floor door")
                        .withVersion("1")
                        .withExtensionMain(new Extension(taken))
                        .build())
                .withoutLoggingBootstrap()
                .build();
        InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
        InternalConfigurations.JMX_REPORTER_ENABLED.set(false);
        broker.start().get(60, TimeUnit.SECONDS);
        Dialogue.hold(port, line -> String.valueOf(taken.sum()));
        Runtime.getRuntime().halt(0);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whatever of the door's settings decides what a publish costs. */
    private static String configuration(int port) {
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages><max-queue-size>10</max-queue-size><strategy>discard</strategy></queued-messages>
                    <retained-messages><enabled>false</enabled></retained-messages>
                    <wildcard-subscriptions><enabled>false</enabled></wildcard-subscriptions>
                    <shared-subscriptions><enabled>false</enabled></shared-subscriptions>
                    <quality-of-service><max-qos>1</max-qos></quality-of-service>
                    <session-expiry><max-interval>3600</max-interval></session-expiry>
                    <keep-alive><allow-unlimited>false</allow-unlimited><max-keep-alive>120</max-keep-alive></keep-alive>
                    <packets><max-packet-size>65536</max-packet-size></packets>
                    <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
                  </mqtt>
                  <restrictions>
                    <max-connections>20000</max-connections>
                    <max-client-id-length>64</max-client-id-length>
                    <max-topic-length>512</max-topic-length>
                    <no-connect-idle-timeout>10000</no-connect-idle-timeout>
                  </restrictions>
                  <security>
                    <allow-empty-client-id><enabled>false</enabled></allow-empty-client-id>
                    <utf8-validation><enabled>true</enabled></utf8-validation>
                  </security>
                  <persistence><mode>in-memory</mode></persistence>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port);
    }

    private static final class Extension implements ExtensionMain {
        private final LongAdder taken;

        Extension(LongAdder taken) {
            this.taken = taken;
        }

        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            Authentication authentication = new Authentication();
            PublishInboundInterceptor interceptor = (publish, answer) -> {
                taken.increment();
                answer.preventPublishDelivery(AckReasonCode.SUCCESS);
            };
            Services.securityRegistry().setAuthenticatorProvider(ignored -> authentication);
            Services.initializerRegistry()
                    .setClientInitializer((client, context) -> context.addPublishInboundInterceptor(interceptor));
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
            // Ends with its program.
        }
    }

    /** Hashes the secret as the door does, and then admits everybody. */
    private static final class Authentication implements SimpleAuthenticator {
        @Override
        public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
            try {
                var digest = MessageDigest.getInstance("SHA-256");
                digest.update(input.getConnectPacket().getClientId().getBytes(StandardCharsets.UTF_8));
                input.getConnectPacket().getPassword().ifPresent(digest::update);
                if (digest.digest().length > 0) {
                    output.authenticateSuccessfully();
                }
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
