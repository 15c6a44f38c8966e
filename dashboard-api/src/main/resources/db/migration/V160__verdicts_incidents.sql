-- What a person says of an alarm; 'none' = said and taken back. The topic verdicts is made from these rows, so each word on an alarm
-- has a later time than the one before.
ALTER TABLE alarm
    ADD COLUMN verdict      text CHECK (verdict IN ('none', 'real', 'false', 'expected')),
    ADD COLUMN verdict_by   text,
    ADD COLUMN verdict_at   timestamptz,
    ADD COLUMN verdict_note text,
    -- The incident that this alarm is part of; no reference, since the incident may be deleted first.
    ADD COLUMN incident     text,
    ADD CHECK ((verdict IS NULL) = (verdict_by IS NULL)
        AND (verdict IS NULL) = (verdict_at IS NULL)
        AND (verdict IS NULL) = (verdict_note IS NULL));
CREATE INDEX alarm_with_verdict ON alarm (verdict_at) WHERE verdict IS NOT NULL;
CREATE INDEX alarm_of_incident ON alarm (incident) WHERE incident IS NOT NULL;
CREATE INDEX alarm_open_incident ON alarm (id) WHERE state <> 'closed' AND rule LIKE 'pattern.%';
CREATE INDEX alarm_open_of_facility ON alarm (facility) WHERE state <> 'closed';
