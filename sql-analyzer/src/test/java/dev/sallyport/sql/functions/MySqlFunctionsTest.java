package dev.sallyport.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlFunctionsTest {
    @Test
    void everyFunctionThatTheServersListIsClassified() throws IOException {
        List<String> names;
        try (InputStream in =
                MySqlFunctionsTest.class.getResourceAsStream(
                        "/dev/sallyport/sql/mysql-server-functions.txt")) {
            assertThat(in).isNotNull();
            names =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .toList();
        }
        assertThat(names).hasSizeGreaterThan(450);
        assertThat(names)
                .allMatch(name -> FunctionClasses.ofMySql(name) != FunctionClass.UNCLASSIFIED);
    }

    @ParameterizedTest
    @CsvSource({
        "LOAD_FILE, READS_FILES",
        "Sleep, SLEEPS",
        "benchmark, SLEEPS",
        "get_lock, AFFECTS_OTHER_SESSIONS",
        "spider_direct_sql, RUNS_SQL",
        "upper, COMPUTES",
        "no_such_function, UNCLASSIFIED",
        "sys_exec, UNCLASSIFIED",
        "pg_sleep, UNCLASSIFIED"
    })
    void whatIsDangerousIsSaid(String name, FunctionClass expected) {
        assertThat(FunctionClasses.ofMySql(name)).isEqualTo(expected);
    }

    /// What only the other server brings along is somebody's own here.
    @ParameterizedTest
    @CsvSource({
        "to_char, UNCLASSIFIED, COMPUTES",
        "any_value, COMPUTES, UNCLASSIFIED",
        "load_file, READS_FILES, READS_FILES",
        "md5, COMPUTES, COMPUTES",
        "spider_direct_sql, UNCLASSIFIED, RUNS_SQL"
    })
    void eachServerHasItsOwn(String name, FunctionClass mySql, FunctionClass mariaDb) {
        assertThat(FunctionClasses.ofMySql(name, Dialect.MYSQL)).isEqualTo(mySql);
        assertThat(FunctionClasses.ofMySql(name, Dialect.MARIADB)).isEqualTo(mariaDb);
    }
}
