package dev.sallyport.app.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `demo.json`: where everything is, for programs. There while the demo runs and is ready, gone
/// when it has stopped cleanly; holds passwords, so it is the owner's alone.
///
/// @param store the audit log's folder
/// @param config the gateway's main file
/// @param ca the certificate that clients must trust
record DemoFile(
        List<Listener> listeners,
        List<User> users,
        List<Upstream> upstreams,
        String store,
        String config,
        String ca) {
    static final String NAME = "demo.json";

    record Listener(String protocol, String host, int port, String database) {}

    record User(String name, String password, String persona, List<String> roles) {}

    record Upstream(
            String protocol,
            String host,
            int port,
            String database,
            String user,
            String password) {}

    void write(Path folder) throws IOException {
        var json =
                new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(this);
        DemoFolder.writePrivately(folder.resolve(NAME), json + "\n");
    }

    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
    }

    @Override
    public String toString() {
        return "DemoFile[" + listeners + "]";
    }
}
