package io.yiwang.streams.influx;

import java.io.Serializable;

/** Turns a value into any number of lines, always the same ones for the same value. */
@FunctionalInterface
public interface LineEncoder<T> extends Serializable {
    void encode(T value, Lines out);
}
