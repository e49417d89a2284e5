package dev.sallyport.gateway;

/// The gateway cannot start. The message says what, where and what to do; it holds no secrets.
public final class GatewayException extends Exception {
    private static final long serialVersionUID = 1L;

    public GatewayException(String message) {
        super(message);
    }

    public GatewayException(String message, Throwable cause) {
        super(message, cause);
    }
}
