-- What people made of the packs' rules, every version of it. Rows are never changed or removed, but for the moment from which a version
-- holds until it has been published. The ids tell the order.
CREATE TABLE rule_version (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule       text NOT NULL,
    -- domain/type/facility/device, empty where it is left open
    scope      text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    changed_by text NOT NULL,
    changed    timestamptz NOT NULL,
    -- RuleRecord (Protobuf), as topic rules has it
    record     bytea NOT NULL,
    -- when Kafka had it; null = not yet
    published  timestamptz,
    UNIQUE (rule, scope, version)
);
CREATE INDEX rule_version_to_publish ON rule_version (id) WHERE published IS NULL;
