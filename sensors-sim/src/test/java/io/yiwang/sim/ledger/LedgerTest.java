package io.yiwang.sim.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final List<String> METRICS = List.of("a", "b", "c");

    @TempDir
    Path folder;

    /** Wall clock that the test moves. */
    private static final class TestingClock implements InstantSource {
        private long millis = 1_800_000_000_000L;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }

        void advance(Duration by) {
            millis += by.toMillis();
        }
    }

    @Test
    void saysWhatWasAttemptedAndWhatWasAcked() {
        try (var ledger = Ledger.open(folder, "run-1")) {
            ledger.attempted("d1", "b1", 0, 1_000, METRICS);
            ledger.attempted("d1", "b1", 1, 2_000, List.of("a"));
            ledger.attempted("d2", "b9", 7, 1_500, METRICS);
            ledger.acked("d1", "b1", 1);
        }

        var contents = LedgerReader.read(folder);

        assertThat(contents.runs()).containsExactly("run-1");
        assertThat(contents.damaged()).isEmpty();
        assertThat(contents.messages()).isEqualTo(3);
        var d1 = contents.devices().get("d1");
        assertThat(d1.entry(0)).isEqualTo(new DeviceEntries.Entry("run-1", "d1", "b1", 0, 1_000, METRICS, false));
        assertThat(d1.entry(1)).isEqualTo(new DeviceEntries.Entry("run-1", "d1", "b1", 1, 2_000, List.of("a"), true));
        assertThat(contents.devices().get("d2").entry(0).acked()).isFalse();
    }

    @Test
    void everythingSaidBeforeAKillIsReadable() {
        // Never closed and never flushed: what a kill -9 leaves, the page cache being the operating system's.
        var ledger = Ledger.open(folder, "killed");
        ledger.attempted("d1", "b1", 0, 1_000, METRICS);
        ledger.acked("d1", "b1", 0);
        ledger.attempted("d1", "b1", 1, 2_000, METRICS);

        var contents = LedgerReader.read(folder);

        assertThat(contents.damaged()).isEmpty();
        assertThat(contents.devices().get("d1").size()).isEqualTo(2);
        assertThat(contents.devices().get("d1").entry(0).acked()).isTrue();
        assertThat(contents.devices().get("d1").entry(1).acked()).isFalse();
        ledger.close();
    }

    @Test
    void aFileCutAnywhereGivesItsWholeRecordsAndNoFalseAck() throws Exception {
        try (var ledger = Ledger.open(folder, "cut")) {
            for (int i = 0; i < 40; i++) {
                ledger.attempted("device-" + i % 3, "boot", i, 1_000 + i, METRICS);
                if (i % 2 == 0) {
                    ledger.acked("device-" + i % 3, "boot", i);
                }
            }
        }
        var file = new LedgerFolder(folder, Long.MAX_VALUE).list().get(0);
        var whole = Files.readAllBytes(file);
        long before = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            var contents = LedgerReader.read(folder);
            assertThat(contents.messages()).as("cut at %d", length).isBetween(before, before + 1);
            before = contents.messages();
            for (var device : contents.devices().values()) {
                for (int i = 0; i < device.size(); i++) {
                    var entry = device.entry(i);
                    assertThat(entry.tsMillis()).isEqualTo(1_000 + entry.seq());
                    assertThat(entry.acked() && entry.seq() % 2 != 0).isFalse();
                }
            }
        }
        assertThat(before).isEqualTo(40);
    }

    @Test
    void aPageThatNeverReachedTheDiskIsDamageAndClaimsNothing() throws Exception {
        try (var ledger = Ledger.open(folder, "lost-page")) {
            for (int i = 0; i < 5_000; i++) {
                ledger.attempted("d", "b", i, 1_000 + i, METRICS);
                if (i % 2 == 0) {
                    ledger.acked("d", "b", i);
                }
            }
        }
        var file = new LedgerFolder(folder, Long.MAX_VALUE).list().get(0);
        var whole = Files.readAllBytes(file);
        assertThat(whole.length).isGreaterThan(16_384);
        for (int page = 1; page < whole.length / 4096; page++) {
            var bytes = whole.clone();
            Arrays.fill(bytes, page * 4096, (page + 1) * 4096, (byte) 0);
            Files.write(file, bytes);
            var contents = LedgerReader.read(folder);
            assertThat(contents.damaged()).containsExactly(file);
            var entries = contents.devices().get("d");
            for (int i = 0; i < entries.size(); i++) {
                var entry = entries.entry(i);
                assertThat(entry.seq()).isEqualTo(i);
                assertThat(entry.acked() && i % 2 != 0).isFalse();
            }
        }
    }

    @Test
    void threadsShareALedgerAndGrowItBeyondItsChunks() throws Exception {
        int threads = 4;
        int each = 40_000;
        var pool = Executors.newFixedThreadPool(threads);
        try (var ledger = Ledger.open(folder, "threads")) {
            var all = IntStream.range(0, threads)
                    .mapToObj(t -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    ledger.attempted("device-" + t, "boot", i, 5_000 + i, METRICS);
                                    ledger.acked("device-" + t, "boot", i);
                                }
                            },
                            pool))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(all).get();
        } finally {
            pool.shutdownNow();
        }
        var contents = LedgerReader.read(folder);
        assertThat(contents.damaged()).isEmpty();
        assertThat(contents.messages()).isEqualTo((long) threads * each);
        for (var device : contents.devices().values()) {
            for (int i = 0; i < device.size(); i++) {
                assertThat(device.entry(i).acked()).isTrue();
            }
        }
    }

    @Test
    void anAckInALaterFileBelongsToItsAttempt() throws Exception {
        var clock = new TestingClock();
        try (var ledger = new Ledger(folder, "hours", clock, Ledger.MAX_FILE_BYTES, Ledger.MAX_FOLDER_BYTES)) {
            ledger.attempted("d", "b", 1, 10, METRICS);
            clock.advance(Duration.ofMinutes(61));
            ledger.attempted("d", "b", 2, 20, METRICS);
            ledger.acked("d", "b", 1);
        }
        assertThat(new LedgerFolder(folder, Long.MAX_VALUE).list()).hasSize(2);
        var entries = LedgerReader.read(folder).devices().get("d");
        assertThat(entries.entry(0).acked()).isTrue();
        assertThat(entries.entry(1).acked()).isFalse();
    }

    @Test
    void filesOlderThanTwoDaysGoAndLeaveTheirHorizon() {
        var clock = new TestingClock();
        long first = clock.millis();
        try (var ledger = new Ledger(folder, "days", clock, Ledger.MAX_FILE_BYTES, Ledger.MAX_FOLDER_BYTES)) {
            ledger.attempted("d", "b", 1, first, METRICS);
            clock.advance(Duration.ofHours(49));
            ledger.attempted("d", "b", 2, clock.millis(), METRICS);
            ledger.acked("d", "b", 1);
        }
        var contents = LedgerReader.read(folder);
        assertThat(contents.messages()).isEqualTo(1);
        assertThat(contents.devices().get("d").entry(0).seq()).isEqualTo(2);
        assertThat(contents.horizonMillis()).isLessThanOrEqualTo(first);
        assertThat(contents.horizonMillis()).isNotEqualTo(Long.MIN_VALUE);
    }

    @Test
    void theFolderStaysWithinItsBound() throws Exception {
        int fileBytes = 10_000;
        long folderBytes = 50_000;
        try (var ledger = new Ledger(folder, "big", InstantSource.system(), fileBytes, folderBytes)) {
            for (int i = 0; i < 20_000; i++) {
                ledger.attempted("d", "b", i, 1_000_000 + i, METRICS);
            }
        }
        long bytes = 0;
        for (var file : new LedgerFolder(folder, Long.MAX_VALUE).list()) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isLessThanOrEqualTo(folderBytes + 2L * fileBytes);
        var contents = LedgerReader.read(folder);
        var entries = contents.devices().get("d");
        assertThat(entries.entry(entries.size() - 1).seq()).isEqualTo(19_999);
        // What was dropped ends where what is kept begins.
        assertThat(contents.horizonMillis()).isEqualTo(entries.entry(0).tsMillis() - 1);
    }

    @Test
    void twoSendersWriteIntoOneFolder() {
        try (var one = Ledger.open(folder, "same");
                var two = Ledger.open(folder, "same")) {
            one.attempted("d1", "b", 1, 10, METRICS);
            two.attempted("d2", "b", 1, 10, METRICS);
        }
        assertThat(LedgerReader.read(folder).devices().keySet()).isEqualTo(new HashSet<>(List.of("d1", "d2")));
    }

    @Test
    void anUnorderedCounterIsOrderedAndARepeatedOneIsMarked() {
        var entries = new DeviceEntries.Builder("d")
                .attempted("r", "b", 5, 50, METRICS)
                .attempted("r", "b", 3, 30, METRICS)
                .attempted("r", "b", 5, 51, METRICS)
                .acked("b", 5)
                .build();
        assertThat(entries.entry(0).seq()).isEqualTo(3);
        assertThat(entries.entry(1)).isEqualTo(new DeviceEntries.Entry("r", "d", "b", 5, 50, METRICS, true));
        assertThat(entries.entry(2)).isEqualTo(new DeviceEntries.Entry("r", "d", "b", 5, 51, METRICS, false));
        assertThat(entries.repeatsItsCounter(1)).isFalse();
        assertThat(entries.repeatsItsCounter(2)).isTrue();
        assertThat(entries.indexOf("b", 5)).isEqualTo(1);
        assertThat(entries.indexOf("b", 4)).isEqualTo(-1);
        assertThat(entries.indexOf("other", 5)).isEqualTo(-1);
    }

    @Test
    void noFolderIsAnEmptyLedger() {
        assertThat(LedgerReader.read(folder.resolve("none")).messages()).isZero();
    }

    @Test
    void aClosedLedgerRefuses() {
        var ledger = Ledger.open(folder, "closed");
        ledger.close();
        assertThatThrownBy(() -> ledger.attempted("d", "b", 1, 1, METRICS)).isInstanceOf(IllegalStateException.class);
    }
}
