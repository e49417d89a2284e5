package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Recorder;
import dev.sallyport.identity.StateException;

/// The accounts for a command line on the gateway's machine while the gateway doesn't run: whoever
/// changes something writes to the same log, so there can be one of them only.
public final class OfflineAccounts implements AutoCloseable {
    private final AuditLog log;
    private final Accounts accounts;

    private OfflineAccounts(AuditLog log, Accounts accounts) {
        this.log = log;
        this.accounts = accounts;
    }

    /// @throws GatewayException the gateway runs, or log or store can't be opened
    public static OfflineAccounts open(ConfigLoader.Loaded loaded) throws GatewayException {
        var config = loaded.config();
        var state = config.state();
        if (state.isEmpty())
            throw new GatewayException(
                    config.file() + " has no 'state': there is no place for accounts");
        AuditLog log;
        try {
            log = Gateway.openLog(config);
        } catch (AuditException e) {
            if (e.reason() == AuditException.Reason.LOCKED)
                throw new GatewayException(
                        "the gateway runs and has the audit log, in which this must be recorded:"
                                + " stop it for a moment",
                        e);
            throw new GatewayException("audit log: " + e.getMessage(), e);
        }
        try {
            var names = StateAccess.names(loaded.users());
            return new OfflineAccounts(
                    log,
                    StateAccess.open(
                            state.get(),
                            Recorder.of(log),
                            login -> names.stream().anyMatch(login::equalsIgnoreCase)));
        } catch (StateException e) {
            log.close();
            throw new GatewayException(String.valueOf(e.getMessage()), e);
        }
    }

    public Accounts accounts() {
        return accounts;
    }

    @Override
    public void close() {
        accounts.store().close();
        log.close();
    }
}
