package io.yiwang.streams.rates;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Keeps {@link ScopeTotals}' state of each scope and wakes it at its deadlines. */
final class ScopeTotalsFunction extends KeyedProcessFunction<String, ScopeDelta, RateResult> {
    private static final long serialVersionUID = 1;

    private final RatesSettings settings;

    private transient ScopeTotals totals;
    private transient ValueState<ScopeState> states;

    ScopeTotalsFunction(RatesSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        totals = new ScopeTotals(
                new Windows(settings.zone()),
                settings.allowance().toMillis(),
                settings.history().toMinutes());
        states = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("totals-v1", TypeInformation.of(ScopeState.class)));
    }

    @Override
    public void processElement(ScopeDelta delta, Context context, Collector<RateResult> out) throws Exception {
        var state = states.value();
        if (state == null) {
            state = new ScopeState();
        }
        totals.add(state, delta);
        states.update(state);
        context.timerService().registerEventTimeTimer(delta.deadlineMillis());
        for (long deadline : totals.deadlines(delta.minuteMillis())) {
            if (deadline > delta.deadlineMillis()) {
                context.timerService().registerEventTimeTimer(deadline);
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RateResult> out) throws Exception {
        var state = states.value();
        if (state == null) {
            return;
        }
        for (var result : totals.conclude(context.getCurrentKey(), state, timestamp)) {
            out.collect(result);
        }
        if (totals.isEmpty(state)) {
            states.clear();
        } else {
            states.update(state);
        }
    }
}
