package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Queue<Runnable> eventLoop = new ArrayDeque<>();
    private final Answers answers = new Answers(eventLoop::add);

    /** A connection that counts. */
    private static final class Connection implements Answers.Answering {
        private boolean marked;
        private int arrived;
        private final List<Integer> written = new ArrayList<>();

        @Override
        public boolean markToWrite() {
            boolean first = !marked;
            marked = true;
            return first;
        }

        @Override
        public void writeAnswers() {
            marked = false;
            written.add(arrived);
        }

        Answers.Answered message() {
            return new Answers.Answered() {
                @Override
                Answers.Answering arrived() {
                    arrived++;
                    return Connection.this;
                }
            };
        }
    }

    @Test
    void manyAnswersTakeOneWakeUpAndOneWriteAConnection() {
        var one = new Connection();
        var two = new Connection();
        for (int i = 0; i < 100; i++) {
            answers.give(one.message());
            answers.give(two.message());
        }
        assertThat(eventLoop).hasSize(1);
        eventLoop.remove().run();
        assertThat(one.written).containsExactly(100);
        assertThat(two.written).containsExactly(100);
        answers.give(two.message());
        assertThat(eventLoop).hasSize(1);
        eventLoop.remove().run();
        assertThat(two.written).containsExactly(100, 101);
        assertThat(one.written).containsExactly(100);
    }

    @Test
    void onlyTheFirstMayAnswer() {
        var message = new Connection().message();
        assertThat(message.claim()).isTrue();
        assertThat(message.claim()).isFalse();
    }

    @Test
    void noAnswerIsLostBetweenThreads() throws Exception {
        var loop = Executors.newSingleThreadExecutor();
        var givers = Executors.newFixedThreadPool(3);
        try {
            var real = new Answers(loop);
            var connection = new Connection();
            var done = new CountDownLatch(3);
            for (int t = 0; t < 3; t++) {
                givers.execute(() -> {
                    for (int i = 0; i < 50_000; i++) {
                        real.give(connection.message());
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
            assertThat(loop.submit(() -> connection.arrived).get(60, TimeUnit.SECONDS))
                    .isEqualTo(150_000);
        } finally {
            givers.shutdownNow();
            loop.shutdownNow();
        }
    }
}
