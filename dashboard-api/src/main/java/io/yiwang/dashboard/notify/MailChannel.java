package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.duty.Person;
import io.yiwang.dashboard.notify.Delivered.Later;
import io.yiwang.dashboard.notify.Delivered.Refused;
import io.yiwang.dashboard.notify.Delivered.Sent;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import org.springframework.mail.MailException;
import org.springframework.mail.MailParseException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Mail by SMTP. The message's id is its idempotency key, so a mailbox shows a double as the same message. */
final class MailChannel implements Channel {
    private final JavaMailSenderImpl sender;
    private final String from;
    private final boolean configured;
    private final MessageText text;
    private final InstantSource clock;

    /** @param host empty = not configured */
    MailChannel(
            String host,
            int port,
            String username,
            String password,
            String from,
            boolean startTls,
            MessageText text,
            InstantSource clock) {
        this.from = from;
        this.text = text;
        this.clock = clock;
        configured = !host.isBlank();
        sender = new JavaMailSenderImpl();
        sender.setHost(host);
        sender.setPort(port);
        sender.setDefaultEncoding(StandardCharsets.UTF_8.name());
        var properties = sender.getJavaMailProperties();
        properties.put("mail.smtp.connectiontimeout", "2000");
        properties.put("mail.smtp.timeout", "5000");
        properties.put("mail.smtp.writetimeout", "5000");
        properties.put("mail.smtp.starttls.enable", String.valueOf(startTls));
        properties.put("mail.smtp.starttls.required", String.valueOf(startTls));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        if (!username.isEmpty()) {
            sender.setUsername(username);
            sender.setPassword(password);
            properties.put("mail.smtp.auth", "true");
        }
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public boolean configured() {
        return configured;
    }

    @Override
    public Optional<String> target(Person person) {
        return Optional.of(person.email()).filter(address -> configured && !address.isEmpty());
    }

    @Override
    public Delivered deliver(Message message) {
        try {
            var mail = new KeyedMessage(sender.getSession(), "<" + message.key() + "@yiwang>");
            mail.setFrom(new InternetAddress(from, "Yiwang 一网", StandardCharsets.UTF_8.name()));
            mail.setRecipient(jakarta.mail.Message.RecipientType.TO, new InternetAddress(message.target(), true));
            mail.setSubject(text.subject(message.notice()), StandardCharsets.UTF_8.name());
            mail.setText(text.body(message.notice()), StandardCharsets.UTF_8.name());
            mail.setSentDate(Date.from(clock.instant()));
            mail.setHeader("Auto-Submitted", "auto-generated");
            if (message.notice().grade() == 1) {
                mail.setHeader("X-Priority", "1");
            }
            sender.send(mail);
            return new Sent("accepted by the mail server");
        } catch (AddressException | MailParseException e) {
            return new Refused("the address is not valid: " + e.getMessage());
        } catch (MailSendException e) {
            return refusedForGood(e)
                    ? new Refused("the mail server refused: " + reason(e))
                    : new Later(reason(e), null);
        } catch (MailException | MessagingException | java.io.UnsupportedEncodingException e) {
            return new Later(reason(e), null);
        }
    }

    /** The server refused recipient or message with a 5xx answer. */
    private static boolean refusedForGood(MailSendException e) {
        for (var cause : e.getMessageExceptions()) {
            for (Throwable at = cause; at != null; at = next(at)) {
                if (at instanceof org.eclipse.angus.mail.smtp.SMTPAddressFailedException failed) {
                    return failed.getReturnCode() >= 500;
                }
                if (at instanceof org.eclipse.angus.mail.smtp.SMTPSendFailedException failed) {
                    return failed.getReturnCode() >= 500;
                }
            }
        }
        return false;
    }

    private static Throwable next(Throwable at) {
        return at instanceof MessagingException messaging && messaging.getNextException() != null
                ? messaging.getNextException()
                : at.getCause();
    }

    private static String reason(Exception e) {
        Throwable root = e;
        if (e instanceof MailSendException send && send.getMessageExceptions().length > 0) {
            root = send.getMessageExceptions()[0];
        }
        while (next(root) != null && !(root instanceof SendFailedException)) {
            root = next(root);
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Keeps our Message-ID where the library would make up one. */
    private static final class KeyedMessage extends MimeMessage {
        private final String id;

        KeyedMessage(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
