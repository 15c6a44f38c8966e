-- The roster: persons and their shifts. Shifts may overlap; from is inside, till is not.
CREATE TABLE duty_person (
    id       text PRIMARY KEY,
    name     text NOT NULL,
    email    text NOT NULL DEFAULT '',
    phone    text NOT NULL DEFAULT '',
    webhook  text NOT NULL DEFAULT '',
    position integer NOT NULL
);

CREATE TABLE duty_shift (
    id     text PRIMARY KEY,
    person text NOT NULL REFERENCES duty_person (id) ON DELETE CASCADE,
    starts timestamptz NOT NULL,
    ends   timestamptz NOT NULL,
    role   text NOT NULL CHECK (role IN ('officer', 'leader')),
    CHECK (starts < ends)
);
CREATE INDEX duty_shift_by_end ON duty_shift (ends);
