package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeSettingsTest {
    private static BridgeSettings settings(List<String> filters, String share) {
        return BridgeSettings.of("mqtt://broker:1883", null, null, null, filters, share);
    }

    @Test
    void withoutFiltersABridgeTakesEveryDialectAndNoCommands() {
        assertThat(settings(List.of(), null).subscriptions())
                .contains(
                        "city/v1/+/+/+/telemetry",
                        "city/v1/+/+/+/senml",
                        "city/v1/+/+/+/hj212",
                        "city/v1/+/+/+/status",
                        "spBv1.0/+/NBIRTH/+",
                        "spBv1.0/+/DDATA/+/+")
                .noneMatch(filter -> filter.contains("CMD"));
    }

    @Test
    void aGroupSharesDeviceTopicsButNeverSparkplug() {
        assertThat(settings(List.of(), "city").subscriptions())
                .contains("$share/city/city/v1/+/+/+/telemetry")
                .noneMatch(filter -> filter.contains("spBv1.0"));
        assertThatThrownBy(() -> settings(List.of("spBv1.0/#"), "city")).hasMessageContaining("without --bridge-share");
        assertThatThrownBy(() -> settings(List.of("#"), "city")).hasMessageContaining("Sparkplug");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "city/v1/ga+/x", "city/#/telemetry", "a#", "$share/g/city/v1/#", "$SYS/#"})
    void whatIsNoTopicFilterIsRefusedAtTheStart(String filter) {
        assertThatThrownBy(() -> settings(List.of(filter), null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void slicesAreFilters() {
        assertThat(settings(List.of("city/v1/gas/#", "city/v1/water/#", "city/v1/gas/#"), null)
                        .subscriptions())
                .containsExactly("city/v1/gas/#", "city/v1/water/#");
    }

    @Test
    void aSessionIsRememberedForItsBrokerAndItsClientIdOnly(@TempDir Path folder) throws Exception {
        var session = new BridgeSession(folder, "tcp://one:1883", "a");
        assertThat(session.subscriptions()).isEmpty();
        session.keep(List.of("city/v1/gas/#"));
        assertThat(new BridgeSession(folder, "tcp://one:1883", "a").subscriptions())
                .containsExactly("city/v1/gas/#");
        assertThat(new BridgeSession(folder, "tcp://two:1883", "a").subscriptions())
                .isEmpty();
        assertThat(new BridgeSession(folder, "tcp://one:1883", "b").subscriptions())
                .isEmpty();
    }
}
