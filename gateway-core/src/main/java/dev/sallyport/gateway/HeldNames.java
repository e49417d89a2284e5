package dev.sallyport.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The names of one namespace (prepared statements, or cursors and portals) that a session holds on
/// the server, each with everything that it may stand for there right now.
///
/// The client may send many messages before the first is answered, so whether a declaration worked
/// is known late. Messages between two Syncs are a _segment_: if one of them fails, the server
/// skips the rest of the segment. So whoever uses a name in the segment of its declaration means
/// that declaration, or nothing runs; used in a later segment while the declaration is unanswered,
/// a name may mean that one or the one before it, and both count.
///
/// @param <T> what a name stands for; compared by identity
final class HeldNames<T> {
    private final Map<String, Slot<T>> slots = new HashMap<>();
    private final Consumer<T> onGivenUp;

    /// Declarations without an answer, in order.
    private final ArrayDeque<Declaration<T>> unanswered = new ArrayDeque<>();

    /// @param onGivenUp hears of every declaration that did not happen
    HeldNames(Consumer<T> onGivenUp) {
        this.onGivenUp = onGivenUp;
    }

    private static final class Slot<T> {
        /// What the server certainly held when everything answered so far was done.
        @Nullable T settled;

        final List<Declaration<T>> unanswered = new ArrayList<>(1);
    }

    private record Declaration<T>(String name, T value, long segment) {}

    int size() {
        return slots.size();
    }

    /// A message that gives the name a new meaning was forwarded.
    void declare(String name, T value, long segment) {
        var declaration = new Declaration<>(name, value, segment);
        slots.computeIfAbsent(name, _ -> new Slot<>()).unanswered.add(declaration);
        unanswered.add(declaration);
    }

    /// Everything that the name may stand for when a message of this segment uses it; empty when it
    /// can be nothing.
    List<T> mayBe(String name, long segment) {
        var slot = slots.get(name);
        if (slot == null) return List.of();
        if (slot.unanswered.isEmpty())
            return slot.settled == null ? List.of() : List.of(slot.settled);
        var last = slot.unanswered.getLast();
        if (last.segment == segment) return List.of(last.value);
        var all = new ArrayList<T>();
        if (slot.settled != null) all.add(slot.settled);
        for (var declaration : slot.unanswered) all.add(declaration.value);
        return all;
    }

    /// The server did it: the name stands for this value and no other. False when the value had
    /// been given up before.
    boolean settle(String name, T value) {
        var slot = slots.get(name);
        if (slot == null || !takeBack(slot, value)) return false;
        slot.settled = value;
        return true;
    }

    /// The server refused or skipped it.
    void giveUp(String name, T value) {
        var slot = slots.get(name);
        if (slot == null || !takeBack(slot, value)) return;
        removeIfEmpty(name, slot);
        onGivenUp.accept(value);
    }

    @Nullable T settled(String name) {
        var slot = slots.get(name);
        return slot == null ? null : slot.settled;
    }

    /// The server removed the name. Declarations still unanswered came after the removal.
    void remove(String name) {
        var slot = slots.get(name);
        if (slot == null) return;
        slot.settled = null;
        removeIfEmpty(name, slot);
    }

    interface Filter<T> {
        boolean matches(String name, T value);
    }

    /// Removes what is settled and matches.
    void removeAll(Filter<T> filter) {
        if (slots.isEmpty()) return;
        for (Iterator<Map.Entry<String, Slot<T>>> i = slots.entrySet().iterator(); i.hasNext(); ) {
            var entry = i.next();
            var slot = entry.getValue();
            if (slot.settled != null && filter.matches(entry.getKey(), slot.settled))
                slot.settled = null;
            if (slot.settled == null && slot.unanswered.isEmpty()) i.remove();
        }
    }

    /// Every message of the segments up to this one is answered: declarations in them that nobody
    /// settled did not happen.
    void answeredUpTo(long segment) {
        for (var first = unanswered.peek();
                first != null && first.segment <= segment;
                first = unanswered.peek()) giveUp(first.name, first.value);
    }

    private boolean takeBack(Slot<T> slot, T value) {
        for (int i = 0; i < slot.unanswered.size(); i++) {
            var declaration = slot.unanswered.get(i);
            if (declaration.value != value) continue;
            slot.unanswered.remove(i);
            if (unanswered.peek() == declaration) unanswered.remove();
            else unanswered.removeIf(d -> d == declaration);
            return true;
        }
        return false;
    }

    private void removeIfEmpty(String name, Slot<T> slot) {
        if (slot.settled == null && slot.unanswered.isEmpty()) slots.remove(name);
    }
}
