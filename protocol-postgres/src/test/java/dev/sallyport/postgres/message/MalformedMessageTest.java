package dev.sallyport.postgres.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MalformedMessageTest {
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    QUERY,         73656c,                                  text without its NUL
                    QUERY,         00 53 00000004,                          a second message inside
                    PARSE,         00 00 0001,                              a type announced and not there
                    PARSE,         00 00 ffff 00000017,                     65535 types announced
                    BIND,          00 00 0001 0002 0000 0000,               unknown parameter format
                    BIND,          00 00 0002 0000 0000 0001 ffffffff 0000, two formats for one parameter
                    BIND,          00 00 0000 0001 fffffffe 0000,           negative length other than null's
                    BIND,          00 00 0000 0001 80000000 0000,           smallest length
                    BIND,          00 00 0000 0001 7fffffff 0000,           largest length
                    BIND,          00 00 0000 ffff 0000,                    65535 parameters announced
                    BIND,          00 00 0000 0000 0001 0003,               unknown result format
                    BIND,          00 00 0000 0000 0000 00,                 one byte too many
                    BIND,          00 00 0000 0001 00000001 0000,           value longer than the rest
                    DESCRIBE,      58 00,                                   neither statement nor portal
                    CLOSE,         73 00,                                   lower case
                    SYNC,          00,                                      a body where none is
                    FUNCTION_CALL, 00000001 0000 0001 fffffffe 0000,        negative argument length
                    FUNCTION_CALL, 00000001 0000 0001 7fffffff 0000,        argument longer than the message
                    FUNCTION_CALL, 00000001 0002 0000 0000 0001 ffffffff 0000, two formats for one argument
                    FUNCTION_CALL, 00000001 0000 0000 0002,                 unknown result format
                    """)
    void isAViolation(FrontendType type, String hex, String why) {
        var body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        assertThatExceptionOfType(ProtocolViolation.class)
                .as(why)
                .isThrownBy(() -> FrontendMessage.decode(type, body, ClientEncoding.UTF8))
                .matches(violation -> violation.sqlState().equals("08P01"));
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    ERROR_RESPONSE,    00,                                           nothing in it
                    ERROR_RESPONSE,    53 4500 4d 6d00 00,                           no SQLSTATE (CVE-2026-6666)
                    ERROR_RESPONSE,    53 4500 43 343230303000 00,                   no message
                    ERROR_RESPONSE,    43 343235303100 4d 6d00 00,                   no severity
                    ERROR_RESPONSE,    53 4500 43 3432353031 3100 4d 6d00 00,        SQLSTATE of six
                    ERROR_RESPONSE,    53 4500 43 34322d303100 4d 6d00 00,           SQLSTATE with a dash
                    ERROR_RESPONSE,    53 4500 43 343235303100 4d 6d00 4d 6d00 00,   message twice
                    ERROR_RESPONSE,    53 4500 43 343235303100 4d 6d00,              no end
                    READY_FOR_QUERY,   58,                                           unknown status
                    BACKEND_KEY_DATA,  00000001 010203,                              key of three bytes
                    ROW_DESCRIPTION,   ffff,                                         65535 columns announced
                    DATA_ROW,          0001 fffffffe,                                negative length
                    DATA_ROW,          0001 7fffffff 00,                             longer than the message
                    PARAMETER_STATUS,  00 6100,                                      no name
                    AUTHENTICATION,    00000005 010203,                              salt of three bytes
                    AUTHENTICATION,    0000000a 4100,                                mechanisms without end
                    NEGOTIATE_PROTOCOL_VERSION, 00030000 ffffffff,                   negative count
                    NEGOTIATE_PROTOCOL_VERSION, 00030000 7fffffff 00,                more than fit
                    COPY_IN_RESPONSE,  02 0000,                                      unknown format
                    FUNCTION_CALL_RESPONSE, fffffffe,                                negative length
                    """)
    void ofAServerIsAViolation(BackendType type, String hex, String why) {
        var body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        assertThatExceptionOfType(ProtocolViolation.class)
                .as(why)
                .isThrownBy(() -> BackendMessage.decode(type, body, ClientEncoding.UTF8));
    }

    @ParameterizedTest
    @CsvSource({
        "03",
        "0003000075736572",
        "00030000 75736572 00",
        "00030000 75736572 00 6100",
        "04d2162f00",
        "04d2162e 00000001 010203"
    })
    void startupPacketIsAViolation(String hex) {
        var body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> InitialRequest.decode(body));
    }

    @ParameterizedTest
    @CsvSource({"c0af", "eda080", "f4908080", "ff", "c3", "e282", "80"})
    void invalidUtf8IsRefusedAsSuch(String hex) {
        var body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("27" + hex + "2700"));
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> Query.decode(body, ClientEncoding.UTF8))
                .matches(violation ->
                        violation.sqlState().equals(ProtocolViolation.INVALID_ENCODING));
    }

    @Test
    void textIsReadInTheSessionsEncoding() {
        byte[] body = {'\'', (byte) 0xE4, '\'', 0};
        var latin1 = ClientEncoding.of("latin1").orElseThrow();
        assertThat(Query.decode(Unpooled.wrappedBuffer(body), latin1).sql().text())
                .isEqualTo("'ä'");
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> Query.decode(Unpooled.wrappedBuffer(body), ClientEncoding.UTF8));
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(
                        () -> Query.decode(Unpooled.wrappedBuffer(body), ClientEncoding.SQL_ASCII));
    }

    @Test
    void encodingsWhoseSecondBytesCanBeAsciiAreNotTaken() {
        for (String name :
                List.of(
                        "SJIS",
                        "BIG5",
                        "GBK",
                        "UHC",
                        "GB18030",
                        "JOHAB",
                        "SHIFT_JIS_2004",
                        "EUC_JP",
                        "MULE_INTERNAL",
                        "",
                        "utf16")) {
            assertThat(ClientEncoding.of(name)).as(name).isEmpty();
        }
        for (String name :
                List.of(
                        "UTF8",
                        "utf-8",
                        "Unicode",
                        "SQL_ASCII",
                        "latin1",
                        "WIN1252",
                        "LATIN9",
                        "iso-8859-1")) {
            assertThat(ClientEncoding.of(name)).as(name).isPresent();
        }
    }

    @Test
    void everyByteBelow0x80IsThatAsciiCharacterInEveryEncodingTaken() {
        for (String name :
                List.of(
                        "UTF8",
                        "SQL_ASCII",
                        "LATIN1",
                        "LATIN2",
                        "LATIN9",
                        "WIN1250",
                        "WIN1251",
                        "WIN1252")) {
            var encoding = ClientEncoding.of(name).orElseThrow();
            for (int b = 1; b < 0x80; b++) {
                assertThat(encoding.decode(new byte[] {(byte) b}))
                        .isEqualTo(String.valueOf((char) b));
                for (int high = 0x80; high < 0x100; high++) {
                    byte[] pair = {(byte) high, (byte) b};
                    try {
                        String text = encoding.decode(pair);
                        assertThat(text)
                                .as("%s %x %x", name, high, b)
                                .hasSize(2)
                                .endsWith(String.valueOf((char) b));
                    } catch (ProtocolViolation _) {
                        // Refused is as good.
                    }
                }
            }
        }
    }

    @Test
    void noTextWithANulIsEverWritten() {
        var out = Unpooled.buffer();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ParameterStatus("a", "b\0c").encode(out, ClientEncoding.UTF8));
    }

    @Test
    void errorsForPeopleAreWrittenInAnyEncoding() {
        var out = Unpooled.buffer();
        ErrorResponse.error("42501", "naïve", null, null).encode(out, ClientEncoding.SQL_ASCII);
        out.skipBytes(5);
        assertThat(
                        ((ErrorResponse)
                                        BackendMessage.decode(
                                                BackendType.ERROR_RESPONSE,
                                                out,
                                                ClientEncoding.UTF8))
                                .diagnostic()
                                .message())
                .isEqualTo("na?ve");
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT 5,5",
        "INSERT 0 12,12",
        "BEGIN,0",
        "COPY 7,7",
        "'',0",
        "7,0",
        "CREATE TABLE,0",
        "SELECT 99999999999999999999,0"
    })
    void rowsAreReadFromTheTag(String tag, long rows) {
        assertThat(new CommandComplete(tag).rows()).isEqualTo(rows);
    }
}
