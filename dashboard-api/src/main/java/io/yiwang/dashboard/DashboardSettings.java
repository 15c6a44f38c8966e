package io.yiwang.dashboard;

import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Settings {@code yiwang.*}. An unknown key stops the start.
 *
 * @param kafka bootstrap servers, {@code host:port[,host:port]}
 * @param adminPasswordFile where the first admin's password is kept; created with mode 0600 and a random password when missing
 * @param zone the city's time zone: days and shifts are meant in it
 * @param clock the city's clock when it is not the wall clock: {@code FROM,SPEED,ANCHOR}; empty = it is
 * @param ingestUrl health address of ingest; none = not watched
 * @param flinkUrls REST addresses of the Flink clusters that run the jobs
 * @param partsFile JSON of the launcher about the parts that it supervises
 * @param domainsFolder further domain packs beside the bundled ones
 * @param channels key {@code yiwang.notify}: the ways to reach duty officers
 */
@ConfigurationProperties(prefix = "yiwang", ignoreUnknownFields = false)
public record DashboardSettings(
        @DefaultValue("127.0.0.1:9092") String kafka,
        @DefaultValue("var/admin-password") Path adminPasswordFile,
        @DefaultValue("Asia/Shanghai") ZoneId zone,
        @DefaultValue("") String clock,
        @Nullable URI ingestUrl,
        @DefaultValue List<URI> flinkUrls,
        @Nullable Path partsFile,
        @Nullable Path domainsFolder,
        @DefaultValue Influx influx,
        @Name("notify") @DefaultValue Notify channels) {

    /**
     * The history store.
     *
     * @param token for servers that ask for one; empty = none
     */
    public record Influx(
            @DefaultValue("http://127.0.0.1:8086") URI url,
            @DefaultValue("") String token,
            @DefaultValue("yiwang") String database) {
        @Override
        public String toString() {
            return "Influx[url=" + url + ", token=" + masked(token) + ", database=" + database + "]";
        }
    }

    /**
     * The ways to reach duty officers.
     *
     * @param pages address of the pages as officers reach them, for links in messages
     */
    public record Notify(
            @DefaultValue Mail mail,
            @DefaultValue Webhook webhook,
            @DefaultValue("http://127.0.0.1:8080") String pages) {}

    /**
     * Mail by SMTP.
     *
     * @param host empty = mail is not configured
     */
    public record Mail(
            @DefaultValue("") String host,
            @DefaultValue("25") int port,
            @DefaultValue("") String username,
            @DefaultValue("") String password,
            @DefaultValue("yiwang@localhost") String from,
            @DefaultValue("false") boolean startTls) {
        public boolean configured() {
            return !host.isBlank();
        }

        @Override
        public String toString() {
            return "Mail[host=" + host + ", port=" + port + ", username=" + username + ", password=" + masked(password)
                    + ", from=" + from + ", startTls=" + startTls + "]";
        }
    }

    /**
     * One signed HTTP call for each notification.
     *
     * @param url empty = only persons with a webhook of their own get one
     * @param secret key of the HMAC-SHA-256 signature
     */
    public record Webhook(
            @DefaultValue("") String url, @DefaultValue("") String secret) {
        public boolean configured() {
            return !url.isBlank();
        }

        @Override
        public String toString() {
            return "Webhook[url=" + url + ", secret=" + masked(secret) + "]";
        }
    }

    private static String masked(String secret) {
        return secret.isEmpty() ? "(none)" : "****";
    }
}
