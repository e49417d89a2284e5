package dev.sallyport.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the names of the session's next statement depend on.
final class NamesTruth extends TruthQuery {
    @Override
    public String sql() {
        throw new UnsupportedOperationException("being built");
    }

    @Override
    public void row(int resultIndex, List<@Nullable String> columns) {
        throw new UnsupportedOperationException("being built");
    }

    @Override
    public void finish() {
        throw new UnsupportedOperationException("being built");
    }

    @Override
    public void failed(String reason) {
        throw new UnsupportedOperationException("being built");
    }
}
