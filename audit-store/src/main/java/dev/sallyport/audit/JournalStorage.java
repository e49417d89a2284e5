package dev.sallyport.audit;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// The folder of a store, as the journal sees it.
interface JournalStorage {

    /// Names of the files that are there, sorted.
    List<String> names() throws IOException;

    /// Opens an existing file for reading and writing.
    JournalFile open(String name) throws IOException;

    /// Makes a file of `bytes` zeros whose blocks are allocated; not yet forced. One of that name
    /// is replaced.
    JournalFile create(String name, int bytes) throws IOException;

    void rename(String from, String to) throws IOException;

    void deleteIfExists(String name) throws IOException;

    /// Returns when creations, renames and deletions before are on the disk.
    void forceNames() throws IOException;

    /// Free space for this process, in bytes.
    long usableBytes() throws IOException;

    /// Takes the store for this writer until the result is closed.
    ///
    /// @throws AuditException another writer holds it
    Closeable lock() throws IOException, AuditException;
}
