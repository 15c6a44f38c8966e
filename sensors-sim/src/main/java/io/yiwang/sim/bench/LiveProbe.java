package io.yiwang.sim.bench;

import io.yiwang.sim.load.LoadFailure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One browser's connection to the live websocket, without the browser. */
final class LiveProbe implements AutoCloseable {
    private static final String PROTOCOL = "yiwang.live.v1";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final String authorization;
    private final List<String> channels;
    private final LiveFrames frames;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile @Nullable WebSocket socket;
    private volatile @Nullable String ended;
    private volatile boolean closing;

    LiveProbe(URI address, String user, String password, List<String> channels, LiveFrames frames) {
        this.address = address;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.channels = List.copyOf(channels);
        this.frames = frames;
    }

    /** @throws LoadFailure when the dashboard does not let us in */
    void open() {
        try {
            var opened = http.newWebSocketBuilder()
                    .connectTimeout(Duration.ofSeconds(10))
                    .header("Authorization", authorization)
                    .subprotocols(PROTOCOL)
                    .buildAsync(address, new Listener())
                    .join();
            socket = opened;
            channels.forEach(this::subscribe);
        } catch (CompletionException e) {
            throw new LoadFailure("the live websocket at " + address + " does not open (" + e.getCause() + ")", e);
        }
    }

    /** Why the server ended the connection; null while it stands. */
    @Nullable
    String ended() {
        return ended;
    }

    private void subscribe(String channel) {
        send("{\"op\":\"sub\",\"id\":" + requests.incrementAndGet() + ",\"ch\":\"" + channel + "\"}");
    }

    /** One frame at a time, as the JDK's client demands. */
    private synchronized void send(String text) {
        var open = socket;
        if (open != null) {
            open.sendText(text, true).join();
        }
    }

    @Override
    public void close() {
        closing = true;
        var open = socket;
        if (open != null && !open.isOutputClosed()) {
            open.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(e -> open);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                var whole = text.toString();
                text.setLength(0);
                try {
                    answer(whole, Window.nowMicros());
                } catch (RuntimeException e) {
                    ended = String.valueOf(e.getMessage());
                }
            }
            from.request(1);
            return null;
        }

        private void answer(String whole, long now) {
            var frame = JsonMapper.shared().readTree(whole);
            switch (frames.on(frame, now)) {
                case PONG -> send("{\"op\":\"pong\"}");
                case SUBSCRIBE_AGAIN -> subscribe(frame.path("c").asString());
                case NOTHING -> {
                    // a snapshot or a delta, taken in
                }
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended = closing ? null : "closed with code " + code + " " + reason;
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            ended = closing ? null : String.valueOf(error);
        }
    }
}
