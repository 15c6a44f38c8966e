package io.yiwang.streams.rates;

import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatesTypesTest {
    @ParameterizedTest
    @ValueSource(
            classes = {Contribution.class, ScopeDelta.class, RateResult.class, FacilityState.class, ScopeState.class})
    void whatIsSentOrKeptNeedsNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }
}
