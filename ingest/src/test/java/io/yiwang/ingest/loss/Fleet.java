package io.yiwang.ingest.loss;

import static io.yiwang.ingest.loss.Patience.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** The devices of a city, all reporting to one address, and their ledger. */
final class Fleet implements AutoCloseable {
    private final LossCity city;
    private final LossLedger ledger = new LossLedger();
    private final List<LedgerDevice> devices;

    /** @param paceMillis of each device */
    Fleet(LossCity city, int port, long paceMillis) {
        this(city, port, paceMillis, LedgerDevice.WINDOW);
    }

    /** @param window so many messages of a device may be without an answer */
    Fleet(LossCity city, int port, long paceMillis, int window) {
        this.city = city;
        devices = city.places().stream()
                .map(place -> new LedgerDevice(place, port, paceMillis, window, ledger))
                .toList();
    }

    LossLedger ledger() {
        return ledger;
    }

    int disconnects() {
        return devices.stream().mapToInt(LedgerDevice::disconnects).sum();
    }

    int unanswered() {
        return devices.stream().mapToInt(LedgerDevice::unanswered).sum();
    }

    /** Waits until {@code messages} more have been acknowledged. */
    void awaitAcked(long messages) {
        long until = ledger.acked() + messages;
        patiently("acknowledged messages").until(() -> ledger.acked() >= until);
    }

    /** Makes no new messages and waits until every one is answered. */
    void drain(Duration patience) {
        devices.forEach(LedgerDevice::quiet);
        patiently("every message answered").atMost(patience).until(() -> unanswered() == 0);
    }

    /** Waits until the judge finds everything, and fails with what is missing or wrong. */
    LossJudge.Verdict requireNothingLost(String bootstrap, int redeliveries) {
        patiently("nothing lost")
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(verdict(bootstrap, redeliveries).lost()).isEmpty());
        var verdict = verdict(bootstrap, redeliveries);
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        return verdict;
    }

    private LossJudge.Verdict verdict(String bootstrap, int redeliveries) {
        return LossJudge.judge(ledger.entries(), KafkaContents.read(bootstrap), city.devices(), redeliveries);
    }

    @Override
    public void close() throws InterruptedException {
        for (var device : devices) {
            device.close();
        }
    }
}
