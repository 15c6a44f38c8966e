package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.duty.DutyRoster;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class NotifyConfiguration {

    @Bean
    MessageText messageText(DashboardSettings settings) {
        return new MessageText(settings.zone(), settings.channels().pages());
    }

    @Bean
    MailChannel mailChannel(DashboardSettings settings, MessageText text, InstantSource clock) {
        var mail = settings.channels().mail();
        return new MailChannel(
                mail.host(), mail.port(), mail.username(), mail.password(), mail.from(), mail.startTls(), text, clock);
    }

    @Bean
    WebhookChannel webhookChannel(DashboardSettings settings, MessageText text, JsonMapper json, InstantSource clock) {
        var webhook = settings.channels().webhook();
        return new WebhookChannel(webhook.url(), webhook.secret(), text, json, clock);
    }

    @Bean
    Dispatcher dispatcher(
            JdbcTemplate database,
            TransactionTemplate transaction,
            List<Channel> channels,
            JsonMapper json,
            InstantSource clock) {
        return new Dispatcher(database, transaction, channels, json, clock, new Random());
    }

    @Bean
    Outbox outbox(
            JdbcTemplate database,
            DutyRoster roster,
            List<Channel> channels,
            JsonMapper json,
            InstantSource clock,
            Dispatcher dispatcher) {
        return new Outbox(database, roster, channels, json, clock, dispatcher::wake);
    }
}
