package io.yiwang.dashboard.live;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Watches {@code /ws/live} as a browser does, and follows the protocol's rule for applying frames. */
public final class TestingBrowser implements WebSocket.Listener, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final StringBuilder partial = new StringBuilder();
    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, JsonNode>> rows = new ConcurrentHashMap<>();
    private final Map<String, Long> positions = new ConcurrentHashMap<>();
    private volatile String epoch = "";
    private volatile int closeCode;
    private final WebSocket socket;

    public TestingBrowser(HttpClient client, URI http, String authorization) {
        socket = open(client, http, authorization, this);
    }

    private static WebSocket open(HttpClient client, URI http, String authorization, WebSocket.Listener listener) {
        return client.newWebSocketBuilder()
                .header("Authorization", authorization)
                .subprotocols("yiwang.live.v1")
                .buildAsync(URI.create("ws://" + http.getAuthority() + "/ws/live"), listener)
                .join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            var frame = JSON.readTree(partial.toString());
            partial.setLength(0);
            apply(frame);
            frames.add(frame);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        closeCode = code;
        return null;
    }

    private void apply(JsonNode frame) {
        var type = frame.path("t").asString("");
        if (!type.equals("snap") && !type.equals("d")) {
            return;
        }
        var channel = frame.get("c").asString();
        var known = rows.computeIfAbsent(channel, name -> new ConcurrentHashMap<>());
        var last = positions.getOrDefault(channel, -1L);
        var to = frame.get("q").asLong();
        if (type.equals("snap")) {
            epoch = frame.get("e").asString();
            known.clear();
        } else if (to <= last || frame.get("p").asLong() > last) {
            return;
        } else {
            frame.get("x").forEach(key -> known.remove(key.asString()));
        }
        frame.get("u").forEach(row -> known.put(row.get(0).asString(), row));
        positions.put(channel, to);
    }

    public void subscribe(String channel) {
        send("{\"op\":\"sub\",\"id\":1,\"ch\":\"" + channel + "\"}");
    }

    public void resume(String channel, String ofEpoch, long position) {
        send("{\"op\":\"sub\",\"id\":2,\"ch\":\"" + channel + "\",\"e\":\"" + ofEpoch + "\",\"q\":" + position + "}");
    }

    public void send(String text) {
        socket.sendText(text, true).join();
    }

    /** Rows of a channel by key, as they stand; empty before its first frame. */
    public Map<String, JsonNode> rows(String channel) {
        return Map.copyOf(rows.getOrDefault(channel, Map.of()));
    }

    public boolean hasSnapshot(String channel) {
        return positions.containsKey(channel);
    }

    public long position(String channel) {
        return positions.getOrDefault(channel, -1L);
    }

    public String epoch() {
        return epoch;
    }

    /** Frames of one type in the order of their arrival. */
    public List<JsonNode> frames(String type) {
        return new ArrayList<>(frames)
                .stream()
                        .filter(frame -> frame.path("t").asString("").equals(type))
                        .toList();
    }

    /** 0 while open. */
    public int closeCode() {
        return closeCode;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
