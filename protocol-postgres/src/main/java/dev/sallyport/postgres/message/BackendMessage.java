package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// What a server sends to a client. {@link CopyData} stands only for its length.
public sealed interface BackendMessage
        permits Authentication,
                BackendKeyData,
                BindComplete,
                CloseComplete,
                CommandComplete,
                CopyBothResponse,
                CopyData,
                CopyDone,
                CopyInResponse,
                CopyOutResponse,
                DataRow,
                EmptyQueryResponse,
                ErrorResponse,
                FunctionCallResponse,
                NegotiateProtocolVersion,
                NoData,
                NoticeResponse,
                NotificationResponse,
                ParameterDescription,
                ParameterStatus,
                ParseComplete,
                PortalSuspended,
                ReadyForQuery,
                RowDescription {

    /// Appends the whole message, type and length included.
    void encode(ByteBuf out, ClientEncoding encoding);

    /// Decodes one whole body, exactly as long as its frame said.
    ///
    /// @throws ProtocolViolation if it isn't exactly one such message
    static BackendMessage decode(BackendType type, ByteBuf body, ClientEncoding encoding) {
        return switch (type) {
            case AUTHENTICATION -> Authentication.decode(body);
            case BACKEND_KEY_DATA -> BackendKeyData.decode(body);
            case BIND_COMPLETE -> BindComplete.decode(body);
            case CLOSE_COMPLETE -> CloseComplete.decode(body);
            case COMMAND_COMPLETE -> CommandComplete.decode(body, encoding);
            case COPY_BOTH_RESPONSE -> CopyBothResponse.decode(body);
            case COPY_DATA -> CopyData.decode(body);
            case COPY_DONE -> CopyDone.decode(body);
            case COPY_IN_RESPONSE -> CopyInResponse.decode(body);
            case COPY_OUT_RESPONSE -> CopyOutResponse.decode(body);
            case DATA_ROW -> DataRow.decode(body, encoding);
            case EMPTY_QUERY_RESPONSE -> EmptyQueryResponse.decode(body);
            case ERROR_RESPONSE -> ErrorResponse.decode(body, encoding);
            case FUNCTION_CALL_RESPONSE -> FunctionCallResponse.decode(body);
            case NEGOTIATE_PROTOCOL_VERSION -> NegotiateProtocolVersion.decode(body);
            case NO_DATA -> NoData.decode(body);
            case NOTICE_RESPONSE -> NoticeResponse.decode(body, encoding);
            case NOTIFICATION_RESPONSE -> NotificationResponse.decode(body, encoding);
            case PARAMETER_DESCRIPTION -> ParameterDescription.decode(body);
            case PARAMETER_STATUS -> ParameterStatus.decode(body, encoding);
            case PARSE_COMPLETE -> ParseComplete.decode(body);
            case PORTAL_SUSPENDED -> PortalSuspended.decode(body);
            case READY_FOR_QUERY -> ReadyForQuery.decode(body);
            case ROW_DESCRIPTION -> RowDescription.decode(body, encoding);
        };
    }
}
