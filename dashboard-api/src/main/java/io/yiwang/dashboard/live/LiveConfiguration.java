package io.yiwang.dashboard.live;

import io.yiwang.dashboard.security.SignedIn;
import io.yiwang.dashboard.users.Users;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * The address {@code /ws/live}. The security chain has let the request in before; here its origin is judged: a page of
 * another site can open a websocket with our cookies, so only our own pages may, and a caller without an Origin must have
 * sent its password with the request.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class LiveConfiguration implements WebSocketConfigurer {
    private static final String PROTOCOL = "yiwang.live.v1";
    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";
    private static final int CLOSERS = 4;

    private final LiveFeeds feeds;
    private final Users users;
    private final JsonMapper json;
    private final InstantSource clock;

    LiveConfiguration(LiveFeeds feeds, Users users, JsonMapper json, InstantSource clock) {
        this.feeds = feeds;
        this.users = users;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        var closers = Executors.newFixedThreadPool(CLOSERS, task -> {
            var thread = new Thread(task, "live-close");
            thread.setDaemon(true);
            return thread;
        });
        var handshake = new DefaultHandshakeHandler();
        handshake.setSupportedProtocols(PROTOCOL);
        // No setAllowedOrigins: only the same origin is let in.
        registry.addHandler(new LiveHandler(feeds.hub(), json, clock, closers), "/ws/live")
                .setHandshakeHandler(handshake)
                .addInterceptors(new Gate(users));
    }

    /** Deflate costs a multiple of what it saves on a local network; a browser that does not get it offered does without. */
    @Bean
    FilterRegistrationBean<OncePerRequestFilter> noWebSocketExtensions() {
        var filter = new FilterRegistrationBean<OncePerRequestFilter>(new WithoutExtensions());
        filter.addUrlPatterns("/ws/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    private static final class WithoutExtensions extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public @Nullable String getHeader(String name) {
                            return name.equalsIgnoreCase(EXTENSIONS) ? null : super.getHeader(name);
                        }

                        @Override
                        public Enumeration<String> getHeaders(String name) {
                            return name.equalsIgnoreCase(EXTENSIONS)
                                    ? Collections.emptyEnumeration()
                                    : super.getHeaders(name);
                        }

                        @Override
                        public Enumeration<String> getHeaderNames() {
                            return Collections.enumeration(Collections.list(super.getHeaderNames()).stream()
                                    .filter(name -> !name.equalsIgnoreCase(EXTENSIONS))
                                    .toList());
                        }
                    },
                    response);
        }
    }

    private record Gate(Users users) implements HandshakeInterceptor {
        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                Map<String, Object> attributes) {
            if (!(request instanceof ServletServerHttpRequest servlet)) {
                return false;
            }
            var headers = request.getHeaders();
            var withPassword = headers.getOrEmpty(HttpHeaders.AUTHORIZATION).stream()
                    .anyMatch(value -> value.toLowerCase(Locale.ROOT).startsWith("basic "));
            if (headers.getOrigin() == null && !withPassword) {
                response.setStatusCode(HttpStatus.FORBIDDEN);
                return false;
            }
            var offered = headers.getOrEmpty("Sec-WebSocket-Protocol").stream()
                    .flatMap(line -> List.of(line.split(",")).stream())
                    .map(String::strip)
                    .toList();
            if (!offered.contains(PROTOCOL)) {
                response.setStatusCode(HttpStatus.BAD_REQUEST);
                return false;
            }
            if (!(request.getPrincipal() instanceof Authentication who)
                    || !(who.getPrincipal() instanceof SignedIn signedIn)) {
                response.setStatusCode(HttpStatus.UNAUTHORIZED);
                return false;
            }
            var session = servlet.getServletRequest().getSession(false);
            BooleanSupplier allowed =
                    () -> LiveHandler.alive(session) && users.isCurrent(signedIn.getUsername(), signedIn.stamp());
            attributes.put(LiveHandler.ALLOWED, allowed);
            return true;
        }

        @Override
        public void afterHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                @Nullable Exception problem) {
            // Nothing remains to be done.
        }
    }
}
