package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ProtocolVersion;
import dev.sallyport.postgres.message.StartupMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartupParametersTest {
    @Test
    void whatDriversSendIsAccepted() {
        var parameters =
                accepted(
                        "user",
                        "ada",
                        "database",
                        "clinic",
                        "client_encoding",
                        "utf-8",
                        "DateStyle",
                        "ISO",
                        "TimeZone",
                        "Europe/Berlin",
                        "extra_float_digits",
                        "2",
                        "application_name",
                        "psql",
                        "search_path",
                        "clinic,public",
                        "options",
                        "-c statement_timeout=5s  -clock_timeout=1s --idle-session-timeout=1h -c"
                                + " IntervalStyle=a\\ b");
        assertThat(parameters.user()).isEqualTo("ada");
        assertThat(parameters.database()).isEqualTo("clinic");
        assertThat(parameters.applicationName()).isEqualTo("psql");
        assertThat(parameters.encoding()).isEqualTo(ClientEncoding.UTF8);
        assertThat(parameters.unknownProtocolOptions()).isEmpty();
        assertThat(parameters.settings())
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry("client_encoding", "UTF8"),
                                Map.entry("DateStyle", "ISO"),
                                Map.entry("TimeZone", "Europe/Berlin"),
                                Map.entry("extra_float_digits", "2"),
                                Map.entry("application_name", "psql"),
                                Map.entry("search_path", "clinic,public"),
                                Map.entry("statement_timeout", "5s"),
                                Map.entry("lock_timeout", "1s"),
                                Map.entry("idle_session_timeout", "1h"),
                                Map.entry("IntervalStyle", "a b")));
    }

    @Test
    void withoutAnEncodingItIsUtf8AndTheUpstreamIsTold() {
        assertThat(accepted("user", "ada", "database", "d").settings())
                .containsExactly(Map.entry("client_encoding", "UTF8"));
    }

    @Test
    void unknownProtocolOptionsAreCollectedNotAccepted() {
        var parameters =
                accepted(
                        "user",
                        "ada",
                        "database",
                        "d",
                        "_pq_.x",
                        "1",
                        "_pq_.test_protocol_negotiation",
                        "");
        assertThat(parameters.unknownProtocolOptions())
                .containsExactly("_pq_.x", "_pq_.test_protocol_negotiation");
        assertThat(parameters.settings()).doesNotContainKeys("_pq_.x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    database=d                               | 28000 | no user
                    user=,database=d                         | 28000 | empty user
                    user=ada                                 | 3D000 | no database: not the user's name
                    user=ada,database=                       | 3D000 | empty database (Teleport #45178)
                    user=ada,user=bob,database=d             | 28000 | user twice
                    user=ada,database=d,database=e           | 28000 | database twice
                    user=ada,database=d,DateStyle=a,datestyle=b | 28000 | setting twice, case ignored
                    user=ada,database=d,search_path=a,options=-c search_path=b | 28000 | setting twice, once in options
                    user=ada,database=d,_pq_.a=1,_pq_.a=2    | 28000 | protocol option twice
                    user=ada,database=d,replication=database | 0A000 | replication
                    user=ada,database=d,replication=off      | 0A000 | replication however spelt
                    user=ada,database=d,role=postgres        | 0A000 | another role
                    user=ada,database=d,session_authorization=x | 0A000 | another user
                    user=ada,database=d,standard_conforming_strings=off | 0A000 | another lexer
                    user=ada,database=d,backslash_quote=on   | 0A000 | another lexer
                    user=ada,database=d,local_preload_libraries=x | 0A000 | code
                    user=ada,database=d,User=bob             | 0A000 | case variant of user
                    user=ada,database=d,options=-c role=x    | 0A000 | another role in options
                    user=ada,database=d,options=--role=x     | 0A000 | another role, long form
                    user=ada,database=d,options=-crole=x     | 0A000 | another role, short form
                    user=ada,database=d,options=-c session-authorization=x | 0A000 | dashes are underscores
                    user=ada,database=d,options=-d 5         | 22023 | another switch
                    user=ada,database=d,options=-S 5         | 22023 | another switch
                    user=ada,database=d,options=-c           | 22023 | nothing behind -c
                    user=ada,database=d,options=-c DateStyle | 22023 | no value
                    user=ada,database=d,options=-c =x        | 22023 | no name
                    user=ada,database=d,options=hello        | 22023 | no switch
                    user=ada,database=d,options=--           | 22023 | empty long option
                    user=ada,database=d,client_encoding=SJIS | 22023 | encoding with ASCII second bytes
                    user=ada,database=d,client_encoding=     | 22023 | no encoding
                    """)
    void isRefused(String pairs, String sqlState, String why) {
        var outcome = check(pairs(pairs));
        assertThat(outcome).as(why).isInstanceOf(StartupParameters.Refused.class);
        assertThat(((StartupParameters.Refused) outcome).denial().sqlState())
                .as(why)
                .isEqualTo(sqlState);
    }

    @Test
    void longValuesAndNamesAreRefused() {
        assertThat(
                        check(
                                List.of(
                                        "user",
                                        "ada",
                                        "database",
                                        "d",
                                        "application_name",
                                        "x".repeat(1_025))))
                .isInstanceOf(StartupParameters.Refused.class);
        assertThat(check(List.of("user", "x".repeat(64), "database", "d")))
                .isInstanceOf(StartupParameters.Refused.class);
        assertThat(check(List.of("user", "a\nb", "database", "d")))
                .isInstanceOf(StartupParameters.Refused.class);
        assertThat(check(List.of("user", "ada", "database", "d\u0007")))
                .isInstanceOf(StartupParameters.Refused.class);
    }

    @Test
    void namesInErrorsAreShortAndPrintable() {
        var refused =
                (StartupParameters.Refused)
                        check(
                                List.of(
                                        "user",
                                        "a",
                                        "database",
                                        "d",
                                        "\u001b[31m" + "x".repeat(5_000),
                                        "1"));
        assertThat(refused.denial().message()).hasSizeLessThan(200).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource({
        "3,0,3.0,false",
        "3,2,3.2,false",
        "3,1,3.0,true",
        "3,3,3.2,true",
        "3,9999,3.2,true"
    })
    void minorVersionsAreNegotiated(int major, int minor, String agreed, boolean answered) {
        var negotiation =
                ProtocolNegotiation.of(ProtocolVersion.of(major, minor), List.of()).orElseThrow();
        assertThat(negotiation.version()).hasToString(agreed);
        assertThat(negotiation.answer().isPresent()).isEqualTo(answered);
        negotiation.answer().ifPresent(answer -> assertThat(answer.version()).hasToString(agreed));
        assertThat(negotiation.cancelSecretBytes()).isEqualTo(agreed.equals("3.0") ? 4 : 32);
    }

    @Test
    void unknownOptionsAreListedWhateverTheVersion() {
        var negotiation =
                ProtocolNegotiation.of(ProtocolVersion.V3_0, List.of("_pq_.x")).orElseThrow();
        assertThat(negotiation.answer().orElseThrow().unrecognizedOptions())
                .containsExactly("_pq_.x");
        assertThat(negotiation.version()).isEqualTo(ProtocolVersion.V3_0);
        assertThat(ProtocolNegotiation.of(ProtocolVersion.of(2, 0), List.of())).isEmpty();
        assertThat(ProtocolNegotiation.of(ProtocolVersion.of(4, 0), List.of())).isEmpty();
    }

    private static StartupParameters accepted(String... pairs) {
        return ((StartupParameters.Accepted) check(List.of(pairs))).parameters();
    }

    private static StartupParameters.Outcome check(List<String> pairs) {
        List<StartupMessage.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            parameters.add(new StartupMessage.Parameter(pairs.get(i), pairs.get(i + 1)));
        }
        return StartupParameters.check(new StartupMessage(ProtocolVersion.V3_0, parameters));
    }

    private static List<String> pairs(String text) {
        List<String> pairs = new ArrayList<>();
        for (String pair : text.split(",")) {
            int equals = pair.indexOf('=');
            pairs.add(pair.substring(0, equals));
            pairs.add(pair.substring(equals + 1));
        }
        return pairs;
    }
}
