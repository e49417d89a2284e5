package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers whose session is whose, since some entries name the session only. To be shown every
/// entry in order.
public final class People {
    private static final int MAX_SESSIONS = 20_000;

    private final Map<String, String> people =
            new LinkedHashMap<>(64) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > MAX_SESSIONS;
                }
            };

    public void follow(Entry entry) {
        String session = entry.text("session");
        String user = entry.text("user");
        if (session.isEmpty() || user.isEmpty()) return;
        if (entry.type().equals("session-ended")) people.remove(session);
        else put(session, user);
    }

    void put(String session, String user) {
        people.put(session, user);
    }

    /// Who the entry is about; empty when it says nobody.
    public String person(Entry entry) {
        String user = entry.text("user");
        return user.isEmpty() ? people.getOrDefault(entry.text("session"), "") : user;
    }

    /// Sessions and their people, in the order in which they were first heard of.
    Map<String, String> known() {
        return new LinkedHashMap<>(people);
    }
}
