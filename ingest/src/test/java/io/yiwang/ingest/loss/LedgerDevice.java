package io.yiwang.ingest.loss;

import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.loss.LossCity.Place;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * A device as it should be: makes a message every {@code pace}, keeps each until it is answered, and after every lost connection comes
 * back with back-off and sends again what was not, oldest first.
 */
final class LedgerDevice implements AutoCloseable {
    /** So many messages may usually be without an answer on one connection; more wait in the device. */
    static final int WINDOW = 8;
    /** A device starts anew after so many messages: another boot id, its counter at 0. */
    private static final int MESSAGES_A_BOOT = 200;

    private static final int UNKNOWN_METRIC_EVERY = 17;
    private static final int GARBAGE_EVERY = 23;

    private final Place place;
    private final int port;
    private final long paceMillis;
    private final int window;
    private final LossLedger ledger;
    private final Map<MessageKey, Sent> unanswered = new LinkedHashMap<>();
    private final AtomicInteger disconnects = new AtomicInteger();
    private final Thread thread;
    private volatile boolean producing = true;
    private volatile boolean closing;
    private long made;

    LedgerDevice(Place place, int port, long paceMillis, int window, LossLedger ledger) {
        this.window = window;
        this.place = place;
        this.port = port;
        this.paceMillis = paceMillis;
        this.ledger = ledger;
        // Paho starts its threads from this one; what one of them stumbles over ends its connection, not the test.
        thread = new Thread(
                new ThreadGroup("devices") {
                    @Override
                    public void uncaughtException(Thread source, Throwable fault) {}
                },
                this::run,
                place.device());
        thread.setDaemon(true);
        thread.start();
    }

    /** Makes no new messages; those that it has it still sends. */
    void quiet() {
        producing = false;
    }

    synchronized int unanswered() {
        return unanswered.size();
    }

    /** How often a connection that stood was lost. */
    int disconnects() {
        return disconnects.get();
    }

    private void run() {
        long backOffMillis = 100;
        try {
            while (!closing) {
                MqttAsyncClient client = null;
                try {
                    client = new MqttAsyncClient("tcp://127.0.0.1:" + port, place.device(), new MemoryPersistence());
                    client.connect(options()).waitForCompletion(10_000);
                    backOffMillis = 100;
                    speak(client);
                } catch (MqttException e) {
                    TimeUnit.MILLISECONDS.sleep(
                            backOffMillis + ThreadLocalRandom.current().nextLong(backOffMillis));
                    backOffMillis = Math.min(2 * backOffMillis, 2000);
                } finally {
                    if (client != null) {
                        abandon(client);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void abandon(MqttAsyncClient client) {
        try {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 300, false);
            }
            client.close(true);
        } catch (MqttException e) {
            // It is given up either way.
        }
    }

    private MqttConnectionOptions options() {
        var options = new MqttConnectionOptions();
        options.setUserName(place.device());
        options.setPassword(TestingCity.secret(place.device()).getBytes(StandardCharsets.UTF_8));
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(20);
        options.setConnectionTimeout(10);
        return options;
    }

    /** Until the connection ends. */
    private void speak(MqttAsyncClient client) throws InterruptedException {
        var sentHere = new LinkedHashMap<MessageKey, Sent>();
        long nextMillis = System.currentTimeMillis();
        while (!closing) {
            if (!client.isConnected()) {
                disconnects.incrementAndGet();
                return;
            }
            if (producing && System.currentTimeMillis() >= nextMillis) {
                nextMillis += paceMillis;
                make();
            }
            var next = nextToSend(sentHere);
            if (next == null) {
                TimeUnit.MILLISECONDS.sleep(Math.min(paceMillis, 10));
            } else if (!send(client, next)) {
                if (client.isConnected()) {
                    // The client has too much on its way; the message waits.
                    sentHere.remove(next.key());
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            }
        }
    }

    private synchronized void make() {
        long number = made++;
        var kind = number % GARBAGE_EVERY == GARBAGE_EVERY - 1
                ? Sent.Kind.GARBAGE
                : number % UNKNOWN_METRIC_EVERY == UNKNOWN_METRIC_EVERY - 1 ? Sent.Kind.UNKNOWN_METRIC : Sent.Kind.GOOD;
        var key = new MessageKey(place.device(), "b" + number / MESSAGES_A_BOOT, number % MESSAGES_A_BOOT);
        var sent = new Sent(key, place.facility(), kind, System.currentTimeMillis(), number % 400 / 10.0);
        unanswered.put(key, sent);
    }

    private synchronized Sent nextToSend(Map<MessageKey, Sent> sentHere) {
        sentHere.keySet().retainAll(unanswered.keySet());
        if (sentHere.size() >= window) {
            return null;
        }
        for (var sent : unanswered.values()) {
            if (sentHere.putIfAbsent(sent.key(), sent) == null) {
                return sent;
            }
        }
        return null;
    }

    private boolean send(MqttAsyncClient client, Sent sent) {
        // Written down before it is sent: what may have left is never unknown to the ledger.
        ledger.attempted(sent);
        try {
            client.publish(place.telemetryTopic(), sent.payload(), 1, false, null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    answered(sent, token);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable cause) {
                    answered(sent, token);
                }
            });
            return true;
        } catch (MqttException e) {
            return false;
        }
    }

    private void answered(Sent sent, IMqttToken token) {
        var codes = token.getReasonCodes();
        if (codes == null || codes.length == 0) {
            if (token.getException() != null || !token.isComplete()) {
                // No answer: the connection ended.
                return;
            }
            ledger.acked(sent.key());
        } else if (codes[0] < 0x80) {
            ledger.acked(sent.key());
        } else {
            ledger.refused(sent.key());
        }
        synchronized (this) {
            unanswered.remove(sent.key());
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join(5000);
    }
}
