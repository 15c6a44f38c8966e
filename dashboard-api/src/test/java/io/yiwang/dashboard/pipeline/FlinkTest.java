package io.yiwang.dashboard.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class FlinkTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void theNewestStartOfAJobHidesItsFormerLives() {
        var jobs = Flink.jobs(JSON.readTree("""
                        {"jobs":[
                          {"jid":"a1","name":"rates","state":"FAILED","start-time":100},
                          {"jid":"a2","name":"rates","state":"RUNNING","start-time":200},
                          {"jid":"b1","name":"archive","state":"RESTARTING","start-time":100}]}"""));
        assertThat(jobs).extracting(Flink.Job::name).containsExactly("archive", "rates");
        assertThat(jobs).extracting(Flink.Job::id).containsExactly("b1", "a2");
        assertThat(jobs).extracting(Flink.Job::state).containsExactly("RESTARTING", "RUNNING");
    }

    @Test
    void checkpointsAndRestartsAreReadFromTheJobsOwnPages() {
        var job = new Flink.Job("a", "detect", "RUNNING", null, 0, 0, null);
        var details =
                Flink.details(job, JSON.readTree("""
                        {"counts":{"restored":1,"total":12,"in_progress":0,"completed":11,"failed":1},
                         "latest":{"completed":{"id":11,"trigger_timestamp":5000,"latest_ack_timestamp":5100}}}"""), JSON.readTree("[{\"id\":\"numRestarts\",\"value\":\"3\"}]"));
        assertThat(details.lastCheckpointMillis()).isEqualTo(5100);
        assertThat(details.checkpoints()).isEqualTo(11);
        assertThat(details.failedCheckpoints()).isEqualTo(1);
        assertThat(details.restarts()).isEqualTo(3);
    }

    @Test
    void beforeTheFirstCheckpointThereIsNone() {
        var job = new Flink.Job("a", "detect", "RUNNING", null, 0, 0, null);
        var details = Flink.details(
                job,
                JSON.readTree("{\"counts\":{\"completed\":0,\"failed\":0},\"latest\":{\"completed\":null}}"),
                JSON.readTree("[]"));
        assertThat(details.lastCheckpointMillis()).isNull();
        assertThat(details.restarts()).isNull();
    }
}
