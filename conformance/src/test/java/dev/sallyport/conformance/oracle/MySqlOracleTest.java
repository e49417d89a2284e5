package dev.sallyport.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.FootprintLines;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.functions.FunctionClasses;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A user of a real MariaDB with exactly the privileges of a statement's footprint may run the
/// statement: so nothing that the server asks for is missing. Taking one away makes it refuse.
class MySqlOracleTest {
    /// `-Dsallyport.oracle.mysql.statements=20000` at night.
    private static final int STATEMENTS =
            Integer.getInteger("sallyport.oracle.mysql.statements", 400);

    private static final long SEED = Long.getLong("sallyport.oracle.mysql.seed", 11);

    private static RealMariaDb server;
    private static MySqlOracle oracle;

    @BeforeAll
    static void start() throws Exception {
        server = new RealMariaDb();
        oracle = new MySqlOracle(server.url(), RealMariaDb.SETUP);
    }

    @AfterAll
    static void stop() throws Exception {
        if (oracle != null) oracle.close();
        if (server != null) server.close();
    }

    @Test
    void theServerAsksForNothingElse() throws Exception {
        var generator = new MySqlStatementGenerator(SEED);
        var random = new Random(SEED);
        var missed = new ArrayList<String>();
        int valid = 0;
        int understood = 0;
        int tried = 0;
        int needed = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            var sql = generator.next();
            switch (oracle.ask(sql)) {
                case MySqlOracle.Answer.Invalid _ -> {}
                case MySqlOracle.Answer.NotUnderstood _ -> valid++;
                case MySqlOracle.Answer.Missed(var why, var footprint) -> {
                    valid++;
                    missed.add(why + ": " + sql + "\n  " + FootprintLines.write(footprint));
                }
                case MySqlOracle.Answer.Agreed(var footprint) -> {
                    valid++;
                    understood++;
                    var own = new ArrayList<Access>();
                    for (var access : footprint.accesses())
                        if (access.via().isEmpty() && !access.columns().isEmpty()) own.add(access);
                    if (own.isEmpty()) continue;
                    var access = own.get(random.nextInt(own.size()));
                    var uses = access.columns();
                    tried++;
                    if (oracle.needs(sql, footprint, access, uses.get(random.nextInt(uses.size()))))
                        needed++;
                }
            }
        }
        assertThat(missed).as("seed %d", SEED).isEmpty();
        assertThat(valid).isGreaterThan(STATEMENTS / 5);
        assertThat(understood).isGreaterThanOrEqualTo((int) (valid * 0.97));
        // The server forgets some of the columns that NATURAL JOIN compares, and those of DELETE.
        assertThat(needed).isGreaterThanOrEqualTo((int) (tried * 0.8));
    }

    @Test
    void everyFunctionOfTheServerIsClassified() throws Exception {
        assertThat(oracle.column("SELECT LOWER(function) FROM information_schema.sql_functions"))
                .hasSizeGreaterThan(200)
                .allMatch(name ->
                        FunctionClasses.ofMySql(name, Dialect.MARIADB)
                                != FunctionClass.UNCLASSIFIED);
    }
}
