package dev.sallyport.postgres.message;

import dev.sallyport.sql.SqlText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One or more of each message, with its bytes as they stand in PostgreSQL's manual (Message
/// Formats), written by hand.
final class Samples {
    /// @param hex of the whole message, with type and length
    /// @param openEnded whether bytes added at the end make another valid message
    record Sample(
            String name,
            Object message,
            String hex,
            Function<ByteBuf, ?> decode,
            @Nullable BiConsumer<Object, ByteBuf> encode,
            boolean typed,
            boolean openEnded) {
        byte[] bytes() {
            return ByteBufUtil.decodeHexDump(hex);
        }

        byte[] body() {
            byte[] bytes = bytes();
            return Arrays.copyOfRange(bytes, typed ? 5 : 4, bytes.length);
        }

        Object decode(byte[] body) {
            return decode.apply(Unpooled.wrappedBuffer(body));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Sample> all = new ArrayList<>();

    private Samples() {}

    static List<Sample> all() {
        Samples samples = new Samples();
        samples.initial();
        samples.authentication();
        samples.addFrontend();
        samples.addBackend();
        return samples.all;
    }

    static List<Sample> frontend() {
        Samples samples = new Samples();
        samples.addFrontend();
        return samples.all;
    }

    static List<Sample> backend() {
        Samples samples = new Samples();
        samples.addBackend();
        return samples.all;
    }

    private void initial() {
        initial(new SSLRequest(), "00000008 04d2162f", false);
        initial(new GSSENCRequest(), "00000008 04d21630", false);
        initial(
                new CancelRequest(77, new byte[] {1, 2, 3, 4}),
                "00000010 04d2162e 0000004d 01020304",
                true);
        initial(
                new CancelRequest(-2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                "00000015 04d2162e fffffffe 010203040506070809",
                true);
        initial(
                new StartupMessage(
                        ProtocolVersion.V3_0,
                        List.of(
                                new StartupMessage.Parameter("user", "ada"),
                                new StartupMessage.Parameter("database", "cl"))),
                "0000001e 00030000 7573657200 61646100 646174616261736500 636c00 00",
                false);
        initial(
                new StartupMessage(
                        ProtocolVersion.V3_2, List.of(new StartupMessage.Parameter("user", ""))),
                "0000000f 00030002 7573657200 00 00",
                false);
    }

    private void authentication() {
        authentication(
                new PasswordMessage("sesam"),
                "70 0000000a 736573616d00",
                PasswordMessage::decode,
                false);
        authentication(
                new SASLInitialResponse("SCRAM-SHA-256", "n,,n=,r=x"),
                "70 0000001f 534352414d2d5348412d32353600 00000009 6e2c2c6e3d2c723d78",
                SASLInitialResponse::decode,
                false);
        authentication(
                new SASLInitialResponse("X", null),
                "70 0000000a 5800 ffffffff",
                SASLInitialResponse::decode,
                false);
        authentication(
                new SASLResponse("c=biws"), "70 0000000a 633d62697773", SASLResponse::decode, true);
    }

    private void addFrontend() {
        frontend(
                FrontendType.QUERY,
                new Query(new SqlText("select 'ä'")),
                "51 00000010 73656c65637420 27c3a427 00");
        frontend(
                FrontendType.PARSE,
                new Parse("s", new SqlText("x"), List.of(23, 0)),
                "50 00000012 7300 7800 0002 00000017 00000000");
        frontend(
                FrontendType.BIND,
                new Bind("p", "s", List.of(Format.BINARY), 2),
                "42 0000001a 7000 7300 0001 0001 0002 ffffffff 00000002 aabb 0000");
        frontend(
                FrontendType.BIND,
                new Bind("", "", List.of(), 0),
                "42 00000010 00 00 0000 0000 0002 0000 0001");
        frontend(FrontendType.DESCRIBE, new Describe(Target.STATEMENT, "s"), "44 00000007 53 7300");
        frontend(FrontendType.CLOSE, new Close(Target.PORTAL, ""), "43 00000006 50 00");
        frontend(FrontendType.EXECUTE, new Execute("p", 2), "45 0000000a 7000 00000002");
        frontend(FrontendType.FLUSH, new Flush(), "48 00000004");
        frontend(FrontendType.SYNC, new Sync(), "53 00000004");
        frontend(FrontendType.TERMINATE, new Terminate(), "58 00000004");
        frontend(FrontendType.COPY_DONE, new CopyDone(), "63 00000004");
        frontend(FrontendType.COPY_FAIL, new CopyFail("no"), "66 00000007 6e6f00");
        openEnded(FrontendType.COPY_DATA, new CopyData(3), "64 00000007 312c32");
        frontend(
                FrontendType.FUNCTION_CALL,
                new FunctionCall(953, 2),
                "46 0000001a 000003b9 0001 0001 0002 00000002 0102 ffffffff 0001");
    }

    private void addBackend() {
        backend(BackendType.AUTHENTICATION, new Authentication.Ok(), "52 00000008 00000000");
        backend(
                BackendType.AUTHENTICATION,
                new Authentication.CleartextPassword(),
                "52 00000008 00000003");
        backend(
                BackendType.AUTHENTICATION,
                new Authentication.MD5Password(new byte[] {1, 2, 3, 4}),
                "52 0000000c 00000005 01020304");
        backend(
                BackendType.AUTHENTICATION,
                new Authentication.SASL(List.of("A", "BC")),
                "52 0000000e 0000000a 4100 424300 00");
        backendOpenEnded(
                BackendType.AUTHENTICATION,
                new Authentication.SASLContinue("r=x"),
                "52 0000000b 0000000b 723d78");
        backendOpenEnded(
                BackendType.AUTHENTICATION,
                new Authentication.SASLFinal("v=x"),
                "52 0000000b 0000000c 763d78");
        backendOpenEnded(
                BackendType.AUTHENTICATION,
                new Authentication.Unsupported(7),
                "52 00000008 00000007");
        backendOpenEnded(
                BackendType.BACKEND_KEY_DATA,
                new BackendKeyData(77, new byte[] {1, 2, 3, 4}),
                "4b 0000000c 0000004d 01020304");
        backend(BackendType.PARAMETER_STATUS, new ParameterStatus("a", ""), "53 00000007 6100 00");
        backend(
                BackendType.ERROR_RESPONSE,
                new ErrorResponse(
                        new Diagnostic(
                                ordered(
                                        "S", "ERROR", "V", "ERROR", "C", "42501", "M", "no", "D",
                                        "d", "H", "h"))),
                "45 00000024 53 4552524f5200 56 4552524f5200 43 343235303100 4d 6e6f00 44 6400 48"
                        + " 6800 00");
        backend(
                BackendType.NOTICE_RESPONSE,
                new NoticeResponse(new Diagnostic(ordered("S", "HINWEIS", "C", "00000", "M", ""))),
                "4e 00000017 53 48494e5745495300 43 303030303000 4d 00 00");
        backend(
                BackendType.READY_FOR_QUERY,
                new ReadyForQuery(TransactionStatus.IDLE),
                "5a 00000005 49");
        backend(
                BackendType.READY_FOR_QUERY,
                new ReadyForQuery(TransactionStatus.IN_TRANSACTION),
                "5a 00000005 54");
        backend(
                BackendType.READY_FOR_QUERY,
                new ReadyForQuery(TransactionStatus.FAILED),
                "5a 00000005 45");
        backend(
                BackendType.COMMAND_COMPLETE,
                new CommandComplete("SELECT 5"),
                "43 0000000d 53454c454354203500");
        backend(BackendType.EMPTY_QUERY_RESPONSE, new EmptyQueryResponse(), "49 00000004");
        backend(BackendType.PARSE_COMPLETE, new ParseComplete(), "31 00000004");
        backend(BackendType.BIND_COMPLETE, new BindComplete(), "32 00000004");
        backend(BackendType.CLOSE_COMPLETE, new CloseComplete(), "33 00000004");
        backend(BackendType.NO_DATA, new NoData(), "6e 00000004");
        backend(BackendType.PORTAL_SUSPENDED, new PortalSuspended(), "73 00000004");
        backend(BackendType.COPY_DONE, new CopyDone(), "63 00000004");
        backendOpenEnded(BackendType.COPY_DATA, new CopyData(2), "64 00000006 3132");
        backend(
                BackendType.COPY_IN_RESPONSE,
                new CopyInResponse(Format.TEXT, List.of(Format.TEXT, Format.TEXT)),
                "47 0000000b 00 0002 0000 0000");
        backend(
                BackendType.COPY_OUT_RESPONSE,
                new CopyOutResponse(Format.BINARY, List.of(Format.BINARY)),
                "48 00000009 01 0001 0001");
        backend(
                BackendType.COPY_BOTH_RESPONSE,
                new CopyBothResponse(Format.TEXT, List.of()),
                "57 00000007 00 0000");
        backend(
                BackendType.ROW_DESCRIPTION,
                new RowDescription(
                        List.of(
                                new RowDescription.Column(
                                        "id", 16384, (short) 1, 23, (short) 4, -1, Format.TEXT))),
                "54 0000001b 0001 696400 00004000 0001 00000017 0004 ffffffff 0000");
        backend(
                BackendType.DATA_ROW,
                new DataRow(Arrays.asList("7", null, "")),
                "44 00000013 0003 00000001 37 ffffffff 00000000");
        backend(
                BackendType.PARAMETER_DESCRIPTION,
                new ParameterDescription(List.of(25)),
                "74 0000000a 0001 00000019");
        backend(
                BackendType.NEGOTIATE_PROTOCOL_VERSION,
                new NegotiateProtocolVersion(ProtocolVersion.V3_2, List.of("_pq_.x")),
                "76 00000013 00030002 00000001 5f70715f2e7800");
        backend(
                BackendType.NOTIFICATION_RESPONSE,
                new NotificationResponse(77, "c", "p"),
                "41 0000000c 0000004d 6300 7000");
        backend(
                BackendType.FUNCTION_CALL_RESPONSE,
                new FunctionCallResponse(2),
                "56 0000000a 00000002 0102");
        backend(
                BackendType.FUNCTION_CALL_RESPONSE,
                new FunctionCallResponse(-1),
                "56 00000008 ffffffff");
    }

    private static Map<Character, String> ordered(String... pairs) {
        Map<Character, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i].charAt(0), pairs[i + 1]);
        return map;
    }

    private void initial(InitialRequest message, String hex, boolean openEnded) {
        add(
                message,
                hex,
                InitialRequest::decode,
                (value, out) -> ((InitialRequest) value).encode(out),
                false,
                openEnded);
    }

    private void authentication(
            AuthenticationResponse message,
            String hex,
            Function<ByteBuf, ?> decode,
            boolean openEnded) {
        add(
                message,
                hex,
                decode,
                (value, out) -> ((AuthenticationResponse) value).encode(out),
                true,
                openEnded);
    }

    private void frontend(FrontendType type, FrontendMessage message, String hex) {
        add(
                message,
                hex,
                body -> FrontendMessage.decode(type, body, ClientEncoding.UTF8),
                encoder(message),
                true,
                false);
    }

    private void openEnded(FrontendType type, FrontendMessage message, String hex) {
        add(
                message,
                hex,
                body -> FrontendMessage.decode(type, body, ClientEncoding.UTF8),
                null,
                true,
                true);
    }

    private static @Nullable BiConsumer<Object, ByteBuf> encoder(FrontendMessage message) {
        return switch (message) {
            case Query m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case Parse m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case Describe m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case Close m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case Execute m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case CopyFail m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case CopyDone m -> (_, out) -> m.encode(out, ClientEncoding.UTF8);
            case Flush m -> (_, out) -> m.encode(out);
            case Sync m -> (_, out) -> m.encode(out);
            case Terminate m -> (_, out) -> m.encode(out);
            case InitialRequest _, AuthenticationResponse _, Bind _, CopyData _, FunctionCall _ ->
                    null;
        };
    }

    private void backend(BackendType type, BackendMessage message, String hex) {
        boolean composed = !(message instanceof FunctionCallResponse);
        add(
                message,
                hex,
                body -> BackendMessage.decode(type, body, ClientEncoding.UTF8),
                composed
                        ? (value, out) -> ((BackendMessage) value).encode(out, ClientEncoding.UTF8)
                        : null,
                true,
                false);
    }

    private void backendOpenEnded(BackendType type, BackendMessage message, String hex) {
        boolean composed = !(message instanceof CopyData);
        add(
                message,
                hex,
                body -> BackendMessage.decode(type, body, ClientEncoding.UTF8),
                composed
                        ? (value, out) -> ((BackendMessage) value).encode(out, ClientEncoding.UTF8)
                        : null,
                true,
                true);
    }

    private void add(
            Object message,
            String hex,
            Function<ByteBuf, ?> decode,
            @Nullable BiConsumer<Object, ByteBuf> encode,
            boolean typed,
            boolean openEnded) {
        String name = message.getClass().getSimpleName() + "#" + all.size();
        all.add(new Sample(name, message, hex.replace(" ", ""), decode, encode, typed, openEnded));
    }
}
