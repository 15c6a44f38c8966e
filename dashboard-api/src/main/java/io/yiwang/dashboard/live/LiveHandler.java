package io.yiwang.dashboard.live;

import io.yiwang.dashboard.live.LiveHub.Client;
import io.yiwang.dashboard.live.LiveHub.Wire;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Translates between websocket sessions and the hub; refuses what is too much or makes no sense. */
final class LiveHandler extends TextWebSocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LiveHandler.class);
    /** Handshake attribute: a {@link BooleanSupplier}, whether the login still holds. */
    static final String ALLOWED = "yiwang.allowed";

    private static final String CLIENT = "yiwang.client";
    private static final String BUCKET = "yiwang.bucket";
    private static final int LONGEST_MESSAGE = 4_096;
    private static final int CONTAINER_LIMIT = 65_536;
    private static final int LONGEST_CHANNEL = 100;

    private final LiveHub hub;
    private final JsonMapper json;
    private final InstantSource clock;
    private final ExecutorService closers;

    /** @param closers closing may wait for the other side, so it has threads of its own */
    LiveHandler(LiveHub hub, JsonMapper json, InstantSource clock, ExecutorService closers) {
        this.hub = hub;
        this.json = json;
        this.clock = clock;
        this.closers = closers;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        session.setTextMessageSizeLimit(CONTAINER_LIMIT);
        var allowed = (BooleanSupplier) session.getAttributes().get(ALLOWED);
        var socket = ((NativeWebSocketSession) session).getNativeSession(Session.class);
        if (socket == null || allowed == null) {
            throw new IllegalStateException("the container gives no websocket session");
        }
        // Closing waits at most so long for a frame that is on its way.
        socket.getUserProperties().put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", 2_000L);
        session.getAttributes().put(BUCKET, new Bucket(clock.millis()));
        var client = hub.connect(new SocketWire(session, socket, allowed));
        if (client != null) {
            session.getAttributes().put(CLIENT, client);
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        var client = (Client) session.getAttributes().get(CLIENT);
        var bucket = (Bucket) session.getAttributes().get(BUCKET);
        if (client == null || bucket == null) {
            return;
        }
        if (message.getPayloadLength() > LONGEST_MESSAGE) {
            close(session, 4413, "a message has at most " + LONGEST_MESSAGE + " bytes");
            return;
        }
        if (!bucket.take(clock.millis())) {
            close(session, 4429, "too many messages");
            return;
        }
        JsonNode request;
        try {
            request = json.readTree(message.getPayload());
        } catch (JacksonException e) {
            hub.fail(client, 0, "MALFORMED", "a message is a JSON object");
            return;
        }
        var id = request.path("id").asLong(0);
        var channel = request.path("ch").asString("");
        switch (request.path("op").asString("")) {
            case "sub" -> {
                if (channel.isEmpty() || channel.length() > LONGEST_CHANNEL) {
                    hub.fail(client, id, "UNKNOWN_CHANNEL", "'ch' names the channel");
                } else {
                    hub.subscribe(
                            client,
                            id,
                            channel,
                            request.path("e").asString(null),
                            request.path("q").isIntegralNumber()
                                    ? request.path("q").asLong()
                                    : null);
                }
            }
            case "unsub" -> hub.unsubscribe(client, channel);
            case "pong" -> LOG.trace("alive");
            default -> hub.fail(client, id, "UNKNOWN_OP", "op is sub, unsub or pong");
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        if (session.getAttributes().get(CLIENT) instanceof Client client) {
            hub.disconnected(client);
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable problem) {
        LOG.debug("browser {} is gone: {}", session.getId(), problem.toString());
        close(session, CloseStatus.SERVER_ERROR.getCode(), "");
    }

    private void close(WebSocketSession session, int code, String reason) {
        try {
            closers.execute(() -> {
                try {
                    session.close(new CloseStatus(code, reason));
                } catch (IOException | IllegalStateException e) {
                    LOG.debug("browser {} was gone before it was closed", session.getId(), e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the server is going", e);
        }
    }

    /** Whether a session of the browser's cookie, if it came with one, has not ended. */
    static boolean alive(@Nullable HttpSession session) {
        try {
            return session == null || session.getCreationTime() >= 0;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private final class SocketWire implements Wire {
        private final WebSocketSession session;
        private final Session socket;
        private final BooleanSupplier allowed;

        SocketWire(WebSocketSession session, Session socket, BooleanSupplier allowed) {
            this.session = session;
            this.socket = socket;
            this.allowed = allowed;
        }

        @Override
        public void send(String text, Consumer<@Nullable Throwable> done) {
            try {
                socket.getAsyncRemote()
                        .sendText(
                                text,
                                result -> done.accept(
                                        result.isOK()
                                                ? null
                                                : result.getException() == null
                                                        ? new IOException("not sent")
                                                        : result.getException()));
            } catch (RuntimeException e) {
                done.accept(e);
            }
        }

        @Override
        public void close(int code, String reason) {
            LiveHandler.this.close(session, code, reason);
        }

        @Override
        public boolean allowed() {
            return allowed.getAsBoolean();
        }
    }

    /** 20 messages a second, 40 at once. For one thread: a session's messages come one by one. */
    private static final class Bucket {
        private static final double A_MILLI = 20 / 1_000.0;
        private static final double MOST = 40;
        private double left = MOST;
        private long lastMillis;

        Bucket(long nowMillis) {
            lastMillis = nowMillis;
        }

        boolean take(long nowMillis) {
            left = Math.min(MOST, left + Math.max(0, nowMillis - lastMillis) * A_MILLI);
            lastMillis = nowMillis;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }
}
