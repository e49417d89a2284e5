package dev.sallyport.sql;

import java.util.List;

/// The statements of the fixture tables, for tests of other packages.
public final class FootprintFixtureStatements {
    private FootprintFixtureStatements() {}

    public static List<String> all() {
        return FootprintFixtureTest.statements();
    }
}
