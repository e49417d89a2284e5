package dev.sallyport.config;

import java.nio.file.Path;

/// A place in a file. Lines and columns count from 1, columns in Unicode code points; line 0 stands
/// for the file as a whole.
public record Position(Path file, int line, int column) {
    public static Position ofWhole(Path file) {
        return new Position(file, 0, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? file.toString() : file + ":" + line + ":" + column;
    }
}
