package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Names that nothing else in the city has: first the well-known ones, then pairs of a first and a second word. */
final class Names {
    private final List<Name> roots = new ArrayList<>();
    private final Set<String> used = new HashSet<>();
    private int next;

    Names(CityPlan plan, long seed) {
        var pairs = new ArrayList<Name>();
        for (var first : plan.first()) {
            for (var second : plan.second()) {
                if (!first.zh().equals(second.zh())) {
                    pairs.add(new Name(first.zh() + second.zh(), first.en() + second.en()));
                }
            }
        }
        var random = new Random(seed);
        Collections.shuffle(pairs, random);
        var known = new ArrayList<>(plan.names());
        Collections.shuffle(known, random);
        roots.addAll(known);
        roots.addAll(pairs);
    }

    /** The next root with {@code last}, e.g. 青石 + 路; the same root comes again, with another last word, when all are used. */
    Named next(Name last) {
        for (int tried = 0; tried < roots.size(); tried++) {
            var root = roots.get(next++ % roots.size());
            if (take(with(root, last))) {
                return new Named(root, with(root, last));
            }
        }
        for (int number = 2; ; number++) {
            var root = roots.get(next++ % roots.size());
            root = new Name(root.zh() + number, root.en() + " " + number);
            if (take(with(root, last))) {
                return new Named(root, with(root, last));
            }
        }
    }

    /** A name and its root, from which neighbours are named. */
    record Named(Name root, Name name) {}

    /** Whether the name was free in both languages; it is now taken. */
    boolean take(Name name) {
        if (used.contains(name.zh()) || used.contains(name.en())) {
            return false;
        }
        used.add(name.zh());
        used.add(name.en());
        return true;
    }

    static Name with(Name root, Name last) {
        return new Name(root.zh() + last.zh(), root.en() + " " + last.en());
    }
}
