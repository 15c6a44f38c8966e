-- Alarms: one row each, the detect job's newest words (wire) beside what people did; alarm_event is the history.
CREATE TABLE alarm (
    id            text PRIMARY KEY,
    facility      text NOT NULL,
    domain        text NOT NULL,
    district      text NOT NULL,
    rule          text NOT NULL,
    metric        text NOT NULL,
    grade         smallint NOT NULL CHECK (grade BETWEEN 1 AND 4),
    state         text NOT NULL CHECK (state IN ('unacked', 'acked', 'returned_unacked', 'closed')),
    historic      boolean NOT NULL,
    onset         timestamptz NOT NULL,
    raised        timestamptz NOT NULL,
    cleared       timestamptz,
    revision      integer NOT NULL,
    version       integer NOT NULL,
    state_version integer NOT NULL,
    acked_by      text,
    acked_at      timestamptz,
    comments      integer NOT NULL DEFAULT 0,
    wire          bytea NOT NULL,
    CHECK ((acked_by IS NULL) = (acked_at IS NULL))
);
CREATE INDEX alarm_newest ON alarm (raised DESC, id);
CREATE INDEX alarm_open ON alarm (raised DESC, id) WHERE state <> 'closed';
CREATE INDEX alarm_of_facility ON alarm (facility, raised DESC);

CREATE TABLE alarm_event (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm  text NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
    time   timestamptz NOT NULL,
    actor  text NOT NULL,
    action text NOT NULL,
    note   text NOT NULL
);
CREATE INDEX alarm_event_of_alarm ON alarm_event (alarm, id);

-- How far the topic has been taken in, written in the same transaction as the alarms themselves. A topic that was made anew
-- has another cluster id and is read from its beginning.
CREATE TABLE alarm_position (
    cluster     text NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (cluster, partition)
);

-- Records of the topic that could not be taken in, kept with the reason; they never stop the others.
CREATE TABLE alarm_refused (
    cluster   text NOT NULL,
    partition integer NOT NULL,
    "offset"  bigint NOT NULL,
    time      timestamptz NOT NULL,
    reason    text NOT NULL,
    record    bytea NOT NULL,
    PRIMARY KEY (cluster, partition, "offset")
);
