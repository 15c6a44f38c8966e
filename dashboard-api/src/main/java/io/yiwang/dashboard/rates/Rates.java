package io.yiwang.dashboard.rates;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The rates of now: follows the topic {@code rates} from three hours before the start. What is older is in InfluxDB. */
@Component
public class Rates implements SmartLifecycle {
    private static final Duration LOOK_BACK = Duration.ofHours(3);

    private final String bootstrap;
    private final CityClock clock;
    private final RateBoard board = new RateBoard();
    private final List<Consumer<RateView>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable TopicReader reader;
    private volatile Instant since = Instant.MAX;

    Rates(DashboardSettings settings, CityClock clock) {
        this.bootstrap = settings.kafka();
        this.clock = clock;
    }

    /** Tells of every changed window, from one thread; must be quick. */
    public void onChange(Consumer<RateView> listener) {
        listeners.add(listener);
    }

    /** The newest window of every rate whose scope begins with {@code prefix}, by scope and code. */
    public List<RateView> current(String period, String prefix) {
        return board.current(period, prefix);
    }

    List<RateView> between(Predicate<RateView> wanted, String period, Instant from, Instant to) {
        return board.between(wanted, period, from, to);
    }

    /** Windows that began before are only known by chance. */
    Instant completeSince() {
        return since;
    }

    @Override
    public void start() {
        var lookedBackTo = clock.wall().instant().minus(LOOK_BACK);
        since = clock.at(lookedBackTo);
        reader = new TopicReader(bootstrap, Topics.RATES, TopicReader.Start.since(lookedBackTo), this::take);
    }

    @Override
    public void stop() {
        var open = reader;
        if (open != null) {
            open.close();
            reader = null;
        }
    }

    @Override
    public boolean isRunning() {
        return reader != null;
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            var rate = RateView.of(Rate.parseFrom(record.value()));
            if (board.put(rate)) {
                listeners.forEach(listener -> listener.accept(rate));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("record of key " + record.key() + " is not a rate", e);
        }
    }
}
