/// Alerts: what in the audit log somebody wants to be told of at once.
///
/// An {@link dev.sallyport.gateway.alert.AlertEngine} turns entries into alerts, by the entries'
/// time alone, so that the same log gives the same alerts whenever it is read. {@link
/// dev.sallyport.gateway.alert.AlertService} runs one beside the log of a gateway, on a thread of
/// its own, and tells each receiver on another: nobody who answers statements ever waits for
/// either.
@NullMarked
package dev.sallyport.gateway.alert;

import org.jspecify.annotations.NullMarked;
