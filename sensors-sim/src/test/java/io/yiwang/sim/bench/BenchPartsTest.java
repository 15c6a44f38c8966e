package io.yiwang.sim.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchPartsTest {
    private static final long T0 = 1_800_000_000_000L;

    @TempDir
    private Path proc;

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    /** Fields of proc(5): pid (comm) state ppid … utime stime cutime cstime …. */
    private void process(long pid, long parent, long user, long system, long childUser, long childSystem)
            throws Exception {
        Files.createDirectories(proc.resolve(String.valueOf(pid)));
        Files.writeString(
                proc.resolve(pid + "/stat"),
                "%d (a (b) c) S %d 1 1 0 -1 4194560 10 20 0 0 %d %d %d %d 20 0 30 0 500 1000 100\n"
                        .formatted(pid, parent, user, system, childUser, childSystem));
    }

    @Test
    void theCompilersOfAJvmAreToldFromItsOtherThreads() throws Exception {
        process(10, 1, 900, 0, 0, 0);
        for (var thread : List.of(
                "11 (C2 CompilerThre) S 1 1 1 0 -1 0 0 0 0 0 150 50 7000 0",
                "12 (C1 CompilerThre) S 1 1 1 0 -1 0 0 0 0 0 30 0 7000 0",
                "13 (kafka-producer-) S 1 1 1 0 -1 0 0 0 0 0 600 20 7000 0")) {
            var folder = proc.resolve("10/task/" + thread.substring(0, 2));
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("stat"), thread + " 20 0 30\n");
        }
        var times = new ProcessTimes(proc);

        assertThat(times.compilerSeconds(10)).isEqualTo(Map.of(11L, 2.0, 12L, 0.3));
        assertThat(times.compilerSeconds(99)).isEmpty();
    }

    @Test
    void aProcessIsCountedWithItsChildrenButNotWithOtherParts() throws Exception {
        process(10, 1, 100, 50, 7, 3); // ingest
        process(20, 1, 200, 0, 0, 0); // launcher
        process(21, 20, 30, 10, 0, 0); // influx, its child and a part of its own
        process(22, 21, 5, 5, 0, 0); // influx's child
        process(23, 20, 1, 1, 0, 0); // another child of the launcher
        Files.createDirectories(proc.resolve("24")); // ended while we looked

        var seconds =
                new ProcessTimes(proc).seconds(Map.of("ingest", 10L, "launcher", 20L, "influx", 21L, "gone", 99L));

        assertThat(seconds).hasSize(3);
        assertThat(seconds.get("ingest")).isEqualTo(1.60);
        assertThat(seconds.get("influx")).isEqualTo(0.50);
        assertThat(seconds.get("launcher")).isEqualTo(2.02);
    }

    @Test
    void theRealSystemSaysTheSameAsTheJvm() {
        var me = ProcessHandle.current();
        double atLeast = me.info().totalCpuDuration().orElseThrow().toMillis() / 1000.0;

        double seconds = new ProcessTimes(Path.of("/proc"))
                .seconds(Map.of("me", me.pid()))
                .get("me");

        assertThat(seconds).isPositive().isGreaterThanOrEqualTo(atLeast);
    }

    @Test
    void waitingForTheDiskIsNotBusy() {
        var before = ProcessTimes.parseMachine("cpu  100 0 50 800 50 0 0 0 0 0");
        var after = ProcessTimes.parseMachine("cpu  150 10 60 820 60 0 0 0 33 0");
        assertThat(after.busySince(before)).isEqualTo(0.7);
    }

    @Test
    void partsAreReadFromTheLaunchersStatusOrFromAPlainMap() {
        assertThat(Parts.parse(json("{'launcher': 5, 'parts': [{'name':'ingest','pid':7},{'name':'sim','pid':0}]}")))
                .isEqualTo(Map.of("ingest", 7L, "launcher", 5L));
        assertThat(Parts.parse(json("{'ingest': 7, 'detect': 8}"))).isEqualTo(Map.of("ingest", 7L, "detect", 8L));
    }

    @Test
    void cpuIsPerThousandMessages() {
        var per1000 = EndToEnd.cpuPer1000(Map.of("a", 10.0, "restarted", 1.0), Map.of("a", 40.0), 200_000);
        assertThat(per1000).hasSize(1);
        assertThat(per1000.get("a")).isCloseTo(0.15, within(1e-9));
    }

    @Test
    void theLagIsTheLeastBetweenCheckpoints() {
        var looks = List.of(
                Map.of("detect", 500L),
                Map.of("detect", 100L),
                Map.of("detect", 900L),
                Map.of("detect", 700L, "late", 5L),
                Map.of("detect", 130L, "late", 5L));
        var growth = LagProbe.growth(looks, 2);
        assertThat(growth.get("detect")).isEqualTo(new LagProbe.Growth(100, 130, 30));
        assertThat(growth).doesNotContainKey("late");
    }

    private static Window open() {
        var window = new Window();
        window.open(T0);
        return window;
    }

    @Test
    void onlyWhatWasDueWithinTheWindowCounts() {
        var window = open();
        window.close(T0 + 100);
        window.record(T0 - 1, T0 * 1000);
        window.record(T0, (T0 + 7) * 1000);
        window.record(T0 + 99, (T0 + 500) * 1000);
        window.record(T0 + 100, (T0 + 101) * 1000);

        assertThat(window.micros().getTotalCount()).isEqualTo(2);
        assertThat(window.micros().getMinValue()).isBetween(6_990L, 7_010L);
        assertThat(window.micros().getMaxValue()).isBetween(400_500L, 401_500L);
    }

    @Test
    void aValueCountsOnceWhenADeltaFirstShowsIt() {
        var values = open();
        var frames = new LiveFrames(values, new Raises(open(), "r"));
        long now = (T0 + 1_000) * 1000;
        frames.on(
                json("{'t':'snap','c':'points:f','q':4,'cols':['point','value','time','quality'],'u':[['d.m',1,"
                        + (T0 + 100) + ",'good']]}"),
                now);
        assertThat(values.micros().getTotalCount()).isZero();

        var delta = "{'t':'d','c':'points:f','p':%d,'q':%d,'u':[['d.m',1,%d,'good']]}";
        frames.on(json(delta.formatted(4, 5, T0 + 400)), now);
        frames.on(json(delta.formatted(5, 6, T0 + 400)), now);
        frames.on(json(delta.formatted(6, 7, T0 + 300)), now);
        frames.on(json(delta.formatted(3, 5, T0 + 500)), now);

        assertThat(values.micros().getTotalCount()).isEqualTo(1);
        assertThat(values.micros().getMaxValue()).isBetween(599_000L, 601_000L);
    }

    @Test
    void aMissedDeltaIsAskedForAgainAndAHeartbeatAnswered() {
        var frames = new LiveFrames(open(), new Raises(open(), "r"));
        frames.on(json("{'t':'snap','c':'alarms','q':4,'cols':['id','alarm'],'u':[]}"), 0);

        assertThat(frames.on(json("{'t':'d','c':'alarms','p':6,'q':7,'u':[]}"), 0))
                .isEqualTo(LiveFrames.Answer.SUBSCRIBE_AGAIN);
        assertThat(frames.on(json("{'t':'hb','now':1}"), 0)).isEqualTo(LiveFrames.Answer.PONG);
        assertThat(frames.on(json("{'t':'hello','v':1}"), 0)).isEqualTo(LiveFrames.Answer.NOTHING);
        assertThatThrownBy(() -> frames.on(json("{'t':'err','code':'unknown_channel'}"), 0))
                .hasMessageContaining("unknown_channel");
    }

    @Test
    void anAlarmIsTimedFromTheMessageThatRaisedIt() {
        var window = open();
        var raises = new Raises(window, "gate.state");
        var frames = new LiveFrames(open(), raises);
        frames.on(json("{'t':'snap','c':'alarms','q':0,'cols':['id','alarm'],'u':[]}"), 0);
        raises.raised("load-0001", T0 + 10);
        raises.raised("load-0002", T0 + 20);

        var delta =
                "{'t':'d','c':'alarms','p':%d,'q':%d,'u':[['a1',{'id':'a1','facility':'load-0001','rule':'%s','onset':"
                        + "'2027-01-15T08:00:00.010Z'}]]}";
        frames.on(json(delta.formatted(0, 1, "other.rule")), (T0 + 50) * 1000);
        assertThat(window.micros().getTotalCount()).isZero();
        frames.on(json(delta.formatted(1, 2, "gate.state")), (T0 + 90) * 1000);
        frames.on(json(delta.formatted(2, 3, "gate.state")), (T0 + 900) * 1000);

        assertThat(window.micros().getTotalCount()).isEqualTo(1);
        assertThat(window.micros().getMaxValue()).isBetween(79_900L, 80_100L);
        assertThat(raises.ids()).containsExactly("a1");
        assertThat(raises.allSeen()).isFalse();
        assertThat(raises.count()).isEqualTo(2);
    }

    @Test
    void anAlarmThatNeverCameIsEnteredWithItsAge() {
        var window = open();
        var raises = new Raises(window, "gate.state");
        raises.raised("load-0001", T0 + 10);
        raises.raised("load-0001", T0 - 10);

        assertThat(raises.giveUp((T0 + 10_010) * 1000)).isEqualTo(1);
        assertThat(window.micros().getMaxValue()).isGreaterThanOrEqualTo(9_990_000);
    }
}
