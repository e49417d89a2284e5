package dev.sallyport.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The catalog as this session alone sees it: with its temporary and uncommitted objects.
final class CatalogTruth extends TruthQuery {
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
