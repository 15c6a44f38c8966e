-- The outbox. A row is one message to one person by one channel; key makes writing it twice writing it once, and travels with
-- the message so that the receiver can recognise a double. No reference to the roster: what was sent stays when people leave.
CREATE TABLE notification (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key          text NOT NULL UNIQUE,
    alarm        text NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
    step         text NOT NULL,
    person       text NOT NULL,
    person_name  text NOT NULL,
    channel      text NOT NULL,
    target       text NOT NULL,
    grade        smallint NOT NULL,
    state        text NOT NULL,
    detail       text NOT NULL DEFAULT '',
    notice       text NOT NULL,
    created      timestamptz NOT NULL,
    expires      timestamptz,
    attempts     integer NOT NULL DEFAULT 0,
    next_attempt timestamptz,
    lease_until  timestamptz,
    UNIQUE (alarm, step, person, channel)
);
CREATE INDEX notification_due ON notification (channel, next_attempt) WHERE state IN ('PENDING', 'SENDING');
CREATE INDEX notification_of_alarm ON notification (alarm, id);

CREATE TABLE notification_attempt (
    notification bigint NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    number       integer NOT NULL,
    time         timestamptz NOT NULL,
    ok           boolean,
    detail       text NOT NULL DEFAULT '',
    PRIMARY KEY (notification, number)
);
