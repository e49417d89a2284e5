package dev.sallyport.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What people type for somebody's identifier, as the subject index may have it: `042` is the
/// number 42 where a column is a number, and `042` where it is text.
public final class SubjectSpellings {
    private SubjectSpellings() {}

    /// Kind and value of each.
    public static List<Map.Entry<String, String>> of(String typed) {
        var all = new ArrayList<Map.Entry<String, String>>();
        for (var value : SubjectValues.asTyped(typed))
            all.add(Map.entry(value.kind(), value.text()));
        return all;
    }
}
