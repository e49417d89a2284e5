package dev.sallyport.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How many people live where ZIP codes begin with the same three digits.
final class ZipAreas {
    /// 45 CFR 164.514(b)(2)(i)(B) has the digits shown where more people live.
    static final int FEW_PEOPLE = 20_000;

    /// Those of the census of 2000 that have more people since. They stand in the guidance of the
    /// Department of Health and Human Services, which auditors compare with.
    private static final List<String> OF_THE_GUIDANCE = List.of("063", "790", "830", "831", "890");

    private ZipAreas() {}

    /// By the first three digits, where anybody is said to live.
    static Map<String, Integer> populations() {
        var populations = new HashMap<String, Integer>();
        Floor.read(
                "zip3-census-2020.txt",
                (_, words) -> populations.put(words[0], Integer.valueOf(words[1])));
        return populations;
    }

    /// All of 000 to 999 that must not be shown. What the census doesn't know is among them.
    static Set<String> sparse() {
        var populations = populations();
        var sparse = new HashSet<>(OF_THE_GUIDANCE);
        for (int i = 0; i < 1000; i++) {
            var digits = "%03d".formatted(i);
            if (populations.getOrDefault(digits, 0) <= FEW_PEOPLE) sparse.add(digits);
        }
        return Set.copyOf(sparse);
    }
}
