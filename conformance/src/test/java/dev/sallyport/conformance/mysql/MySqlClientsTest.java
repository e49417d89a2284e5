package dev.sallyport.conformance.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs and drivers that people have, through the gateway to a real server. Each runs where it
/// is installed and says so where not; MariaDB's own come along with the server.
class MySqlClientsTest {
    private static final Path CLIENTS = Path.of("clients").toAbsolutePath();

    /// Where CI puts npm's mysql2.
    private static final Path NODE_MODULES = Path.of("target", "npm", "node_modules");

    private static MySqlUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = MySqlUnderTest.get();
    }

    @BeforeEach
    void forgetDecisions() {
        gateway.decisions();
    }

    /// MariaDB's own client, of the server's version when that came along.
    private static String client() {
        var own = gateway.program("mariadb");
        if (own != null) return own.toString();
        assumeTrue(isInstalled("mariadb"), "mariadb is not installed (Debian: mariadb-client)");
        return "mariadb";
    }

    private static boolean isInstalled(String program) {
        for (var folder : System.getenv().getOrDefault("PATH", "").split(":"))
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) return true;
        return false;
    }

    private static MySqlUnderTest.Ran mariadb(String input, String... options) throws Exception {
        var command = new ArrayList<>(List.of(client(), "--no-defaults"));
        command.addAll(login("--ssl-verify-server-cert"));
        command.addAll(List.of(options));
        command.add("shop");
        return gateway.run(gateway.folder(), input, command);
    }

    private static List<String> login(String verify) {
        return List.of(
                "--ssl-ca=" + gateway.ca(),
                verify,
                // The program that comes with the server has no plugins beside it.
                auth(verify),
                "-h",
                gateway.host(),
                "-P",
                Integer.toString(gateway.port()),
                "-u",
                MySqlUnderTest.USER);
    }

    private static String auth(String verify) {
        return verify.startsWith("--ssl-mode")
                ? "--default-auth=caching_sha2_password"
                : "--default-auth=mysql_native_password";
    }

    @Test
    void mariadbInBatchMode() throws Exception {
        var ran =
                mariadb(
                        """
                        select name from customers where id = 1;
                        show tables;
                        describe orders;
                        call two_results();
                        use information_schema
                        select database();
                        use shop
                        delimiter //
                        select doubled(21) //
                        delimiter ;
                        \\s
                        """,
                        "--batch");
        assertThat(ran.out())
                .contains("Ada", "customers", "customer_id", "information_schema", "42")
                .contains("Current database:\tshop", "Cipher in use is")
                .doesNotContain("ERROR ");
        assertThat(ran.exitCode()).isZero();
    }

    @Test
    void mariadbReadsNamesForCompletion() throws Exception {
        // What --auto-rehash asks when the screen is a terminal: all tables' fields, by
        // COM_FIELD_LIST.
        var ran = mariadb("select 1;\n", "--auto-rehash", "--unbuffered", "--table");
        assertThat(ran.out()).doesNotContain("ERROR ");
        assertThat(ran.exitCode()).isZero();
    }

    @Test
    void mariadbShowsADenialAndGoesOn() throws Exception {
        var ran = mariadb("select ssn from customers;\nselect 7 * 6;\n", "--force", "--batch");
        assertThat(ran.out())
                .contains("ERROR 1142 (42000) at line 1: sallyport: rule no-ssn denies", "42");
        assertThat(gateway.decisions()).anySatisfy(d -> assertThat(d.permitted()).isFalse());
    }

    @Test
    void aWrongPasswordIsSaidAsTheServerSaysIt() throws Exception {
        var command = new ArrayList<>(List.of(client(), "--no-defaults", "--password=wrong"));
        command.addAll(login("--ssl-verify-server-cert"));
        var ran = gateway.run(gateway.folder(), "", command);
        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.out()).contains("ERROR 1045 (28000)");
    }

    @Test
    void anotherCertificateIsNotAccepted() throws Exception {
        var other = Files.createTempFile(gateway.folder(), "other", ".pem");
        var authority = dev.sallyport.app.tls.CertificateAuthority.create("Another CA");
        Files.delete(other);
        authority.write(other);
        var command = new ArrayList<>(List.of(client(), "--no-defaults", "--ssl-ca=" + other));
        command.addAll(login("--ssl-verify-server-cert").subList(1, 9));
        var ran = gateway.run(gateway.folder(), "", command);
        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.out()).contains("TLS/SSL error");
    }

    @Test
    void oraclesMysql() throws Exception {
        assumeTrue(isInstalled("mysql"), "mysql is not installed");
        var version = gateway.run(gateway.folder(), "", List.of("mysql", "--version")).out();
        assumeTrue(!version.contains("MariaDB"), "mysql is MariaDB's here");
        var command = new ArrayList<>(List.of("mysql", "--no-defaults"));
        command.addAll(login("--ssl-mode=VERIFY_IDENTITY"));
        command.addAll(List.of("--batch", "shop"));
        var ran =
                gateway.run(
                        gateway.folder(),
                        """
                        query_attributes n1 v1
                        select name from customers where id = 1;
                        show tables;
                        call two_results();
                        \\s
                        """,
                        command);
        assertThat(ran.out())
                .contains("Ada", "customers", "Cipher in use")
                .doesNotContain("ERROR ");
        assertThat(ran.exitCode()).isZero();
    }

    /// What is dumped through the gateway can be read in again there.
    @Test
    void mariadbDump() throws Exception {
        var own = gateway.program("mariadb-dump");
        assumeTrue(own != null || isInstalled("mariadb-dump"), "mariadb-dump is not installed");
        var program = own == null ? "mariadb-dump" : own.toString();
        var command = new ArrayList<>(List.of(program, "--no-defaults"));
        command.addAll(login("--ssl-verify-server-cert"));
        command.addAll(
                List.of(
                        "--no-tablespaces",
                        "--single-transaction",
                        "--hex-blob",
                        "shop",
                        "orders"));
        var ran = gateway.run(gateway.folder(), "", command);
        assertThat(ran.out())
                .contains("CREATE TABLE `orders`", "(1,1,5.00)", "Dump completed")
                .doesNotContain("Error");
        assertThat(ran.exitCode()).isZero();
        // What isn't granted stays where it is, and the program says why.
        command.set(command.size() - 1, "customers");
        var denied = gateway.run(gateway.folder(), "", command);
        assertThat(denied.exitCode()).isNotZero();
        assertThat(denied.out()).contains("no-ssn").doesNotContain("900-01-0001");
    }

    @ParameterizedTest
    @CsvSource({
        "pymysql_client.py, /usr/bin/python3, pymysql, python3-pymysql",
        "mysqlclient_client.py, /usr/bin/python3, MySQLdb, python3-mysqldb",
    })
    void python(String script, String python, String module, String packageName) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(python)), python + " is not installed");
        var imported = gateway.run(gateway.folder(), "", List.of(python, "-c", "import " + module));
        assumeTrue(
                imported.exitCode() == 0,
                module + " is not installed (Debian: " + packageName + ")");
        runs(List.of(python, CLIENTS.resolve(script).toString()));
    }

    @Test
    void phpsPdo() throws Exception {
        assumeTrue(isInstalled("php"), "php is not installed (Debian: php-cli php-mysql)");
        var modules = gateway.run(gateway.folder(), "", List.of("php", "-m")).out();
        assumeTrue(modules.contains("pdo_mysql"), "pdo_mysql is not installed (Debian: php-mysql)");
        runs(List.of("php", CLIENTS.resolve("pdo.php").toString()));
    }

    @Test
    void nodesMysql2() throws Exception {
        assumeTrue(isInstalled("node"), "node is not installed");
        assumeTrue(
                Files.isDirectory(NODE_MODULES.resolve("mysql2")),
                "mysql2 is not there (npm install --prefix conformance/target/npm mysql2@3)");
        // Modules are looked for beside the script.
        var copy = NODE_MODULES.resolveSibling("mysql2_client.js");
        Files.writeString(copy, Files.readString(CLIENTS.resolve("mysql2_client.js")));
        runs(List.of("node", copy.toAbsolutePath().toString()));
    }

    @Test
    void gosDriver() throws Exception {
        assumeTrue(isInstalled("go"), "go is not installed (Debian: golang-go)");
        var sources = Path.of("/usr/share/gocode/src/github.com/go-sql-driver/mysql");
        assumeTrue(
                Files.isDirectory(sources),
                "go-sql-driver is not installed (Debian: golang-github-go-sql-driver-mysql-dev)");
        var program = gateway.folder().resolve("go-client");
        var built =
                gateway.run(
                        CLIENTS.resolve("go"),
                        "",
                        List.of(
                                "env",
                                "GO111MODULE=off",
                                "GOPATH=/usr/share/gocode",
                                // Kept: without it, everything below the driver is compiled, too.
                                "GOCACHE=" + Path.of("target", "go-cache").toAbsolutePath(),
                                "go",
                                "build",
                                "-o",
                                program.toString(),
                                "main.go"));
        assertThat(built.exitCode()).as(built.out()).isZero();
        runs(List.of(program.toString()));
    }

    private static void runs(List<String> program) throws Exception {
        var command = new ArrayList<>(program);
        command.addAll(
                List.of(
                        gateway.host(),
                        Integer.toString(gateway.port()),
                        gateway.ca().toString(),
                        MySqlUnderTest.USER,
                        MySqlUnderTest.PASSWORD));
        var ran = gateway.run(gateway.folder(), "", command);
        assertThat(ran.out().stripTrailing()).endsWith("ok");
        assertThat(ran.exitCode()).isZero();
        assertThat(gateway.decisions()).anySatisfy(d -> assertThat(d.permitted()).isFalse());
    }

    @Test
    void sysbench() throws Exception {
        assumeTrue(isInstalled("sysbench"), "sysbench is not installed (Debian: sysbench)");
        var options =
                List.of(
                        "sysbench",
                        "oltp_read_write",
                        "--db-driver=mysql",
                        "--mysql-host=" + gateway.host(),
                        "--mysql-port=" + gateway.port(),
                        "--mysql-user=" + MySqlUnderTest.USER,
                        "--mysql-password=" + MySqlUnderTest.PASSWORD,
                        "--mysql-db=sbtest",
                        "--tables=2",
                        "--table-size=1000",
                        "--threads=2",
                        "--events=50",
                        "--time=60");
        for (var words :
                List.of(
                        List.of("prepare"),
                        List.of("--db-ps-mode=auto", "run"),
                        List.of("--db-ps-mode=disable", "run"),
                        List.of("cleanup"))) {
            var command = new ArrayList<>(options);
            command.addAll(words);
            var ran = gateway.run(gateway.folder(), "", command);
            assertThat(ran.out()).as(words.toString()).doesNotContain("FATAL");
            assertThat(ran.exitCode()).as(ran.out()).isZero();
            if (words.contains("run"))
                assertThat(ran.out())
                        .containsPattern("transactions: +50 ")
                        .contains("ignored errors:");
        }
    }

    /// Every statement is permitted: to look around in the navigator nobody needs a grant.
    @Test
    void dbeaverLooksAround() throws Exception {
        var input = MySqlUnderTest.resource("dbeaver.sql");
        var ran = mariadb(input, "--force", "--batch", "--comments");
        assertThat(ran.out()).doesNotContain("ERROR ");
        assertThat(ran.exitCode()).isZero();
        assertThat(Objects.requireNonNull(gateway.decisions()))
                .hasSizeGreaterThan(25)
                .allSatisfy(d -> assertThat(d.permitted()).as(d.sql()).isTrue());
    }
}
