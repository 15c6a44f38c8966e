package io.yiwang.yardsticks;

import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Constants;
import org.apache.camel.main.Main;

/**
 * The general product for the bridge's work: Apache Camel, MQTT 5 → Kafka, as somebody who knows it would set it up for speed without giving
 * up that nothing is lost. The payload is passed on as it is, nothing is decoded or validated.
 *
 * <p>Like the bridge: QoS 1, at most 500 messages on their way, acknowledged after Kafka has them, the same Kafka key (so that
 * one facility's messages stay in order), and the producer settings of ingest. Against Camel's defaults: exchanges come from a pool, no JMX,
 * no record metadata per message, bytes instead of texts.
 */
final class CamelBridge extends RouteBuilder {
    private final String url;
    private final String filter;
    private final String kafka;
    private final String topic;

    private CamelBridge(String url, String filter, String kafka, String topic) {
        this.url = url;
        this.filter = filter;
        this.kafka = kafka;
        this.topic = topic;
    }

    /** @param arguments {@code url=tcp://HOST:PORT filter=TOPICS kafka=HOST:PORT topic=NAME} */
    public static void main(String[] arguments) throws Exception {
        var given = Dialogue.arguments(arguments, "url", "filter", "kafka", "topic");
        var main = new Main();
        main.configure().setJmxEnabled(false);
        main.configure().setExchangeFactory("pooled");
        main.configure()
                .addRoutesBuilder(
                        new CamelBridge(given.get("url"), given.get("filter"), given.get("kafka"), given.get("topic")));
        main.start();
        Dialogue.hold(0, line -> main.getCamelContext().getStatus().name());
        Runtime.getRuntime().halt(0);
    }

    @Override
    public void configure() {
        from("paho-mqtt5:" + filter + "?brokerUrl=" + url
                        + "&clientId=yardstick-camel&qos=1&manualAcksEnabled=true&receiveMaximum=500"
                        + "&cleanStart=false&sessionExpiryInterval=3600&keepAliveInterval=30")
                .process(CamelBridge::keyByFacility)
                .to("kafka:" + topic + "?brokers=" + kafka
                        + "&requestRequiredAcks=all&enableIdempotence=true&maxInFlightRequest=5"
                        + "&lingerMs=10&producerBatchSize=" + (128 << 10)
                        + "&bufferMemorySize=" + (64 << 20)
                        + "&compressionCodec=lz4&recordMetadata=false&deliveryTimeoutMs="
                        + TimeUnit.MINUTES.toMillis(10)
                        + "&keySerializer=org.apache.kafka.common.serialization.StringSerializer"
                        + "&valueSerializer=org.apache.kafka.common.serialization.ByteArraySerializer");
    }

    /** {@code city/v1/<domain>/<facility>/…}. */
    private static void keyByFacility(Exchange exchange) {
        var topic = exchange.getIn().getHeader(PahoMqtt5Constants.MQTT_TOPIC, String.class);
        int from = topic.indexOf('/', "city/v1/".length()) + 1;
        exchange.getIn().setHeader(KafkaConstants.KEY, topic.substring(from, topic.indexOf('/', from)));
    }
}
