package io.yiwang.streams.detect.snapshot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names that come again and again: each in full once, then by its number. What one wrote is read by one in the same order. */
public final class Names {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    public void write(DataOutput out, String name) throws IOException {
        var number = numbers.putIfAbsent(name, numbers.size() + 1);
        Compact.writeLong(out, number == null ? 0 : number);
        if (number == null) {
            out.writeUTF(name);
        }
    }

    /** @throws IOException also when it is no name that {@link #write} wrote */
    public String read(DataInput in) throws IOException {
        long number = Compact.readLong(in);
        if (number == 0) {
            names.add(in.readUTF());
            return names.get(names.size() - 1);
        }
        if (number < 0 || number > names.size()) {
            throw new IOException("the name with number " + number + " where " + names.size() + " were told");
        }
        return names.get((int) number - 1);
    }
}
