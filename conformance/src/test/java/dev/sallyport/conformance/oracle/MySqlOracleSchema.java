package dev.sallyport.conformance.oracle;

import java.util.List;
import java.util.stream.Stream;

/// What the grant oracle's statements are about, on MariaDB.
final class MySqlOracleSchema {
    static final List<String> STATEMENTS =
            List.of(
                    "DROP DATABASE IF EXISTS oracle",
                    "CREATE DATABASE oracle CHARACTER SET utf8mb4",
                    "USE oracle",
                    "CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), ssn VARCHAR(11),"
                            + " born INT, city INT, hidden INT INVISIBLE)",
                    "CREATE TABLE visits (id INT PRIMARY KEY, person INT, note VARCHAR(40), pop"
                        + " INT, FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE ON"
                        + " UPDATE CASCADE)",
                    "CREATE TABLE cities (id INT PRIMARY KEY, name VARCHAR(40), pop INT)",
                    "INSERT INTO people (id, name, ssn, born, city) VALUES (1, 'a', '1', 1, 1)",
                    "INSERT INTO visits VALUES (1, 1, 'x', 1)",
                    "INSERT INTO cities VALUES (1, 'c', 1)",
                    "CREATE VIEW names AS SELECT id, upper(name) AS name, born"
                            + " FROM people WHERE city > 0",
                    "CREATE VIEW counts AS SELECT p.city AS id, count(v.id) AS"
                            + " pop FROM people p JOIN visits v ON v.person = p.id GROUP BY p.city",
                    "CREATE VIEW outer_names AS SELECT n.id, n.name, c.pop"
                            + " FROM names n LEFT JOIN cities c USING (id)",
                    "CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC NO SQL RETURN x * 2",
                    "CREATE TRIGGER cities_au AFTER UPDATE ON cities FOR EACH ROW SET @changed ="
                            + " 1");

    record Relation(String name, List<String> columns) {}

    static final List<Relation> TABLES =
            List.of(
                    new Relation("people", List.of("id", "name", "ssn", "born", "city")),
                    new Relation("visits", List.of("id", "person", "note", "pop")),
                    new Relation("cities", List.of("id", "name", "pop")));

    static final List<Relation> RELATIONS =
            Stream.concat(
                            TABLES.stream(),
                            Stream.of(
                                    new Relation("names", List.of("id", "name", "born")),
                                    new Relation("counts", List.of("id", "pop")),
                                    new Relation("outer_names", List.of("id", "name", "pop"))))
                    .toList();

    private MySqlOracleSchema() {}
}
