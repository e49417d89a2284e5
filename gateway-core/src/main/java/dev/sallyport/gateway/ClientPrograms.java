package dev.sallyport.gateway;

import java.util.List;

/// The programs that people connect with, by the `application_name` that they give. That name is
/// free text of the client's: in clear the log has only what is known to be a program's.
final class ClientPrograms {
    /// A longer name stands before one that it begins with.
    private static final List<String> KNOWN =
            List.of(
                    "psql",
                    "pg_dumpall",
                    "pg_dump",
                    "pg_restore",
                    "pgbench",
                    "pgAdmin 4",
                    "PostgreSQL JDBC Driver",
                    "DBeaver",
                    "DataGrip",
                    "IntelliJ IDEA",
                    "PyCharm",
                    "TablePlus",
                    "Navicat",
                    "Tableau",
                    "Power BI",
                    "Metabase",
                    "Hibernate",
                    "Npgsql",
                    "node-postgres",
                    "Postico",
                    "HeidiSQL",
                    "azdata");

    /// Stands for what the log doesn't have in clear.
    static final String MORE = "?";

    private ClientPrograms() {}

    /// The program's name, with {@value #MORE} for all that it isn't known to be called.
    static String known(String applicationName) {
        if (applicationName.isEmpty() || KNOWN.contains(applicationName)) return applicationName;
        for (var name : KNOWN)
            if (applicationName.startsWith(name)
                    && (applicationName.length() == name.length()
                            || !Character.isLetterOrDigit(applicationName.charAt(name.length()))))
                return name + " " + MORE;
        return MORE;
    }
}
