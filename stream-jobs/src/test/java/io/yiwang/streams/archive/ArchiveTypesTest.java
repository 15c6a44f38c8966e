package io.yiwang.streams.archive;

import io.yiwang.streams.intake.Intake;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTypesTest {
    @ParameterizedTest
    @ValueSource(classes = {MinuteSummary.class, RollupState.class, Intake.State.class})
    void whatIsSentOrKeptNeedsNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }
}
