package dev.sallyport.sql.catalog;

import java.io.IOException;

/// A file that isn't a saved catalog, or not one of this version. The message says where and why.
public final class InvalidCatalogFileException extends IOException {
    private static final long serialVersionUID = 1;

    InvalidCatalogFileException(String message) {
        super(message);
    }
}
