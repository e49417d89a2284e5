package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile;
import dev.sallyport.config.AlertsFile.BulkRead;
import dev.sallyport.config.AlertsFile.Denials;
import dev.sallyport.config.AlertsFile.DormantAccount;
import dev.sallyport.config.AlertsFile.FailedLogins;
import dev.sallyport.config.AlertsFile.FirstUse;
import dev.sallyport.config.AlertsFile.KeyChange;
import dev.sallyport.config.AlertsFile.LogTrouble;
import dev.sallyport.config.AlertsFile.OffHours;
import dev.sallyport.config.AlertsFile.PolicyChange;
import java.util.List;
import java.util.Map;

/// Looks for one kind of thing. What it remembers goes into its state and comes back from there,
/// and is bounded.
sealed interface Detector
        permits Bursts,
                FirstUses,
                BulkReads,
                OutOfHours,
                Dormancy,
                PolicyChanges,
                KeyChanges,
                LogTroubles {
    /// What there is to say of an entry; to be shown each, in order.
    List<Finding> see(Happened happened);

    Map<String, Object> state();

    /// @param state as {@link #state} gave it
    void restore(Map<?, ?> state);

    /// @param user or client: whom it is about; both empty when about nobody
    record Finding(String user, String client, String summary, Map<String, Object> details) {
        static Finding of(String user, String summary, Map<String, Object> details) {
            return new Finding(user, "", summary, details);
        }
    }

    static Detector of(AlertsFile.Kind kind) {
        return switch (kind) {
            case Denials k -> Bursts.ofDenials(k);
            case FailedLogins k -> Bursts.ofFailedLogins(k);
            case FirstUse k -> new FirstUses(k);
            case BulkRead k -> new BulkReads(k);
            case OffHours k -> new OutOfHours(k);
            case DormantAccount k -> new Dormancy(k);
            case PolicyChange _ -> new PolicyChanges();
            case KeyChange _ -> new KeyChanges();
            case LogTrouble _ -> new LogTroubles();
        };
    }
}
