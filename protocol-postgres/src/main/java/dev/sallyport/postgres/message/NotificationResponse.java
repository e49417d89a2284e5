package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A NOTIFY reached this session; may come at any time.
public record NotificationResponse(int processId, String channel, String payload)
        implements BackendMessage {
    static NotificationResponse decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "NotificationResponse", encoding);
        int processId = in.int32();
        String channel = in.text();
        String payload = in.text();
        in.end();
        return new NotificationResponse(processId, channel, payload);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.NOTIFICATION_RESPONSE, encoding)
                .int32(processId)
                .text(channel)
                .text(payload)
                .end();
    }

    @Override
    public String toString() {
        return "NotificationResponse[processId="
                + processId
                + ", channel="
                + channel
                + ", payload=***]";
    }
}
