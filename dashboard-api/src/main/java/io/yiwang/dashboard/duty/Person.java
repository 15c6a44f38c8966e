package io.yiwang.dashboard.duty;

import java.util.Objects;

/**
 * Someone who can be on duty.
 *
 * @param email empty = no mail
 * @param webhook own address for signed calls; empty = the configured one
 */
public record Person(String id, String name, String email, String phone, String webhook) {
    public Person {
        Objects.requireNonNull(id, "person has no id");
        name = name == null ? id : name;
        email = email == null ? "" : email.strip();
        phone = phone == null ? "" : phone.strip();
        webhook = webhook == null ? "" : webhook.strip();
    }
}
