package dev.sallyport.mysql.session;

import dev.sallyport.audit.Confidential.Parameter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What COM_STMT_SEND_LONG_DATA has given to the parameters of a session's prepared statements, and
/// no execution has used up: that a parameter has got such data is always known, since its
/// execution then brings no value for it; the data itself as far as there is room. Belongs to its
/// session's event loop.
final class LongData {
    /// Of one session. The log shows of each parameter much less.
    static final int MAX_KEPT_BYTES = 256 * 1024;

    /// A session that feeds more parameters at a time is not kept account of.
    static final int MAX_PARAMETERS = 4_096;

    private record Place(long statement, int parameter) {}

    private static final class Data {
        final ByteBuf kept = Unpooled.buffer(0);
        long bytes;
        boolean whole = true;
    }

    private final Map<Place, Data> given = new HashMap<>();
    private @Nullable Data current;
    private int keptBytes;
    private boolean lostCount;

    /// A command for that parameter begins.
    void begin(long statement, int parameter) {
        var place = new Place(statement, parameter);
        var known = given.get(place);
        if (known == null) {
            if (given.size() >= MAX_PARAMETERS) {
                lostCount = true;
                current = null;
                return;
            }
            given.put(place, known = new Data());
        }
        current = known;
    }

    /// @param keeps whether anybody has a use for the value
    void add(ByteBuf chunk, int from, int count, boolean keeps) {
        var data = current;
        if (data == null) return;
        data.bytes += count;
        if (!keeps || !data.whole || keptBytes + count > MAX_KEPT_BYTES) {
            data.whole = false;
            return;
        }
        data.kept.writeBytes(chunk, from, count);
        keptBytes += count;
    }

    /// Whether every parameter that was given data is known.
    boolean isComplete() {
        return !lostCount;
    }

    boolean isGiven(long statement) {
        return lostCount || given.keySet().stream().anyMatch(p -> p.statement == statement);
    }

    /// @return null where none was sent
    @Nullable Parameter value(long statement, int parameter) {
        var data = given.get(new Place(statement, parameter));
        if (data == null) return null;
        return data.whole
                ? new Parameter.Binary(ByteBufUtil.getBytes(data.kept))
                : new Parameter.Passed(data.bytes);
    }

    /// An execution has used it up, or it was reset.
    void forget(long statement) {
        given.entrySet()
                .removeIf(entry -> {
                    if (entry.getKey().statement != statement) return false;
                    keptBytes -= entry.getValue().kept.readableBytes();
                    return true;
                });
        current = null;
    }

    void forgetAll() {
        given.clear();
        keptBytes = 0;
        lostCount = false;
        current = null;
    }
}
