package dev.sallyport.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/// The finer rules of who may import whom; Maven's modules keep the coarse ones. See the module map
/// in README.md.
class WhoMayImportWhomTest {
    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.sallyport");

    @Test
    void theProductWasFoundAtAll() {
        assertThat(PRODUCT.size()).isGreaterThan(200);
    }

    @Test
    void theAnalyzerNeedsOnlyTheJdk() {
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.sallyport.sql..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.sql..", "java..", "org.slf4j..", "org.jspecify.."));
    }

    @Test
    void theAuditStoreKnowsNoneOfTheOthers() {
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.sallyport.audit..")
                        .and()
                        .resideOutsideOfPackage("dev.sallyport.audit.postgres..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.audit..",
                                "java..",
                                "javax.net.ssl..",
                                "jdk.net..",
                                "javax.crypto..",
                                "com.google.crypto.tink..",
                                "com.sun.net.httpserver..",
                                "com.sun.nio.file..",
                                "org.roaringbitmap..",
                                "org.slf4j..",
                                "org.jspecify.."));
        // The copy knows the journal; the journal knows of no copy.
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.sallyport.audit.postgres..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.audit..",
                                "java..",
                                "com.zaxxer.hikari..",
                                "org.postgresql..",
                                "org.slf4j..",
                                "org.jspecify.."));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.audit..")
                        .and()
                        .resideOutsideOfPackage("dev.sallyport.audit.postgres..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("dev.sallyport.audit.postgres.."));
        // Another team runs the witness; the log itself listens to nobody.
        onlyIn("dev.sallyport.audit.witness..", "com.sun.net.httpserver..");
        onlyIn("dev.sallyport.audit.export..", "javax.net.ssl..");
        // Who verifies the log needs no more than the JDK.
        onlyIn("dev.sallyport.audit.sealed..", "com.google.crypto.tink..");
        onlyIn("dev.sallyport.audit.search..", "org.roaringbitmap..");
        onlyIn("dev.sallyport.audit.reads..", "jdk.net..");
        onlyIn("dev.sallyport.audit", "com.sun.nio.file..");
    }

    private static void onlyIn(String room, String... libraries) {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.audit..")
                        .and()
                        .resideOutsideOfPackage(room)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(libraries));
    }

    @Test
    void peopleAreKeptWithoutNetworkAndWithoutSql() {
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.sallyport.identity..")
                        .and()
                        .resideOutsideOfPackage("dev.sallyport.identity.oidc..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.identity..",
                                "dev.sallyport.config..",
                                "dev.sallyport.audit",
                                "dev.sallyport.audit.format..",
                                "java..",
                                "javax.sql..",
                                "javax.crypto..",
                                "com.zaxxer.hikari..",
                                "org.sqlite..",
                                "org.slf4j..",
                                "org.jspecify.."));
        check(
                classes()
                        .that()
                        .resideInAPackage("dev.sallyport.identity.oidc..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.identity..",
                                "dev.sallyport.config..",
                                "dev.sallyport.audit",
                                "dev.sallyport.audit.format..",
                                "java..",
                                "javax.net.ssl..",
                                "com.nimbusds..",
                                "org.slf4j..",
                                "org.jspecify.."));
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("dev.sallyport.identity.oidc..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("com.nimbusds.."));
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("dev.sallyport.identity..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.sqlite.."));
    }

    @Test
    void policySeesFootprintsAndNeverASyntaxTree() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.policy..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.sql",
                                "dev.sallyport.sql.ast..",
                                "dev.sallyport.sql.lexer..",
                                "dev.sallyport.sql.parser..",
                                "dev.sallyport.sql.resolve..",
                                "dev.sallyport.sql.catalog.."));
    }

    @Test
    void policyDoesNoInputOrOutput() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.policy..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.nio.file..", "java.net..", "io.netty.."));
    }

    @Test
    void configKnowsNobody() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.config..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.sql..",
                                "dev.sallyport.policy..",
                                "dev.sallyport.audit..",
                                "dev.sallyport.gateway..",
                                "dev.sallyport.postgres..",
                                "dev.sallyport.app.."));
    }

    @Test
    void nettyStaysInTheNetworkPackageAndTheProtocols() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport..")
                        .and()
                        .resideOutsideOfPackages(
                                "dev.sallyport.gateway.network..",
                                "dev.sallyport.postgres..",
                                "dev.sallyport.mysql..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.netty.."));
    }

    @Test
    void theCoreKnowsNoProtocolAndNoCommandLine() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.sallyport.gateway..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.postgres..",
                                "dev.sallyport.mysql..",
                                "dev.sallyport.app.."));
    }

    @Test
    void theProtocolsDecideNothingThemselves() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage("dev.sallyport.postgres..", "dev.sallyport.mysql..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.sallyport.policy..", "dev.sallyport.audit.journal.."));
    }

    private static void check(ArchRule rule) {
        rule.check(PRODUCT);
    }
}
