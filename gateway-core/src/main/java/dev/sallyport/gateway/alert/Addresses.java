package dev.sallyport.gateway.alert;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/// Where clients come from, as entries write it: `10.0.0.5:4711`, `[2001:db8::1]:4711`.
final class Addresses {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final int IPV6_BYTES = 16;
    private static final int NETWORK_BYTES = 8;

    private Addresses() {}

    /// The address; of IPv6 the network of 64 bits, within which one client has every address.
    /// Empty for what is no address.
    static String network(String client) {
        var host = client;
        int colon = client.lastIndexOf(':');
        if (client.startsWith("[")) {
            int close = client.indexOf(']');
            if (close < 0) return "";
            host = client.substring(1, close);
        } else if (colon > 0 && client.indexOf(':') == colon) {
            host = client.substring(0, colon);
        }
        int zone = host.indexOf('%');
        if (zone >= 0) host = host.substring(0, zone);
        if (IPV4.matcher(host).matches()) return host;
        if (!IPV6.matcher(host).matches()) return "";
        try {
            // Of its form, so no name server is asked.
            var bytes = InetAddress.getByName(host).getAddress();
            if (bytes.length != IPV6_BYTES) return host;
            for (int i = NETWORK_BYTES; i < IPV6_BYTES; i++) bytes[i] = 0;
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (UnknownHostException _) {
            return "";
        }
    }
}
