package io.yiwang.dashboard.pipeline;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a Flink cluster says of its jobs through its REST address. */
final class Flink {
    /**
     * A job that should run.
     *
     * @param lastCheckpointMillis when the newest checkpoint was complete, epoch ms; null = none yet
     * @param checkpoints completed since the job's start
     * @param failedCheckpoints since the job's start
     * @param restarts since the job's start; null when the cluster does not say
     */
    record Job(
            String id,
            String name,
            String state,
            @Nullable Long lastCheckpointMillis,
            long checkpoints,
            long failedCheckpoints,
            @Nullable Long restarts) {}

    private final Http http;

    Flink(Http http) {
        this.http = http;
    }

    /** Jobs without their checkpoints: one call. @throws Http.NoAnswer when the cluster does not answer */
    List<Job> overview(URI cluster) throws Http.NoAnswer {
        return jobs(http.json(cluster.resolve("/jobs/overview")));
    }

    /** A job with its checkpoints and restarts; without them when the cluster does not say. */
    Job details(URI cluster, Job job) {
        try {
            var checkpoints = http.json(cluster.resolve("/jobs/" + job.id() + "/checkpoints"));
            var restarts = http.json(cluster.resolve("/jobs/" + job.id() + "/metrics?get=numRestarts"));
            return details(job, checkpoints, restarts);
        } catch (Http.NoAnswer | JacksonException e) {
            return job;
        }
    }

    /** Newest first start of every name: a job that was started again hides its former lives. */
    static List<Job> jobs(JsonNode overview) {
        var jobs = new ArrayList<Job>();
        var newest = new java.util.TreeMap<String, JsonNode>();
        for (var job : overview.path("jobs")) {
            newest.merge(
                    job.path("name").asString(""),
                    job,
                    (a, b) -> a.path("start-time").asLong(0)
                                    >= b.path("start-time").asLong(0)
                            ? a
                            : b);
        }
        newest.forEach((name, job) -> jobs.add(
                new Job(job.path("jid").asString(""), name, job.path("state").asString("UNKNOWN"), null, 0, 0, null)));
        return jobs;
    }

    static Job details(Job job, JsonNode checkpoints, JsonNode restarts) {
        var last = checkpoints.at("/latest/completed/latest_ack_timestamp");
        Long restarted = null;
        for (var metric : restarts) {
            if (metric.path("id").asString("").equals("numRestarts")) {
                restarted = Long.valueOf(metric.path("value").asString("0"));
            }
        }
        return new Job(
                job.id(),
                job.name(),
                job.state(),
                last.isNumber() ? Long.valueOf(last.asLong()) : null,
                checkpoints.at("/counts/completed").asLong(0),
                checkpoints.at("/counts/failed").asLong(0),
                restarted);
    }
}
