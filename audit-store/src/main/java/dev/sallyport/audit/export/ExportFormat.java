package dev.sallyport.audit.export;

import dev.sallyport.audit.format.JsonWriter;
import java.nio.charset.StandardCharsets;

/// How an entry is told. Each form has the sequence and the leaf hash, so that its receiver sees
/// gaps, and can prove what it has.
public enum ExportFormat {
    /// `{"entry":...,"leafHash":"...","sequence":N}`, the entry byte for byte.
    JSON {
        @Override
        byte[] line(Exported exported) {
            return new JsonWriter(2 * exported.raw().length + 256)
                    .raw('{')
                    .string("entry")
                    .raw(':')
                    .raw(exported.raw())
                    .raw(',')
                    .string("leafHash")
                    .raw(':')
                    .string(exported.leafHash())
                    .raw(',')
                    .string("sequence")
                    .raw(':')
                    .integer(exported.entry().sequence())
                    .raw('}')
                    .toByteArray();
        }
    },
    /// Open Cybersecurity Schema Framework, see {@link OcsfEvent}.
    OCSF {
        @Override
        byte[] line(Exported exported) {
            return new JsonWriter(2_048).value(OcsfEvent.of(exported)).toByteArray();
        }
    },
    /// ArcSight's Common Event Format, see {@link CefEvent}.
    CEF {
        @Override
        byte[] line(Exported exported) {
            return CefEvent.of(exported).getBytes(StandardCharsets.UTF_8);
        }
    };

    /// Without a line feed, at the end or within.
    abstract byte[] line(Exported exported);
}
