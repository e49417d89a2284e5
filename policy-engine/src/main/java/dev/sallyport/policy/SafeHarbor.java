package dev.sallyport.policy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// The mask set `safe-harbor`: what becomes of each class of protected health information so that a
/// row is de-identified in the sense of 45 CFR 164.514(b)(2)(i), whose letters stand beside the
/// classes. (Condition (ii), that nobody knows how to identify somebody by what is left, is no
/// machine's to check.)
final class SafeHarbor {
    static final String WORD = "safe-harbor";

    /// Where a data class belongs to what is protected.
    static final String FAMILY = "phi";

    /// What identifies a patient to the organisation itself. Rows join by it, so it has no standard
    /// mask; {@link PolicyLint} says where it is shown.
    static final String SUBJECT = "subject";

    private static final Mask GONE = new Mask.Redact();

    /// The standard mask by class.
    static final Map<String, Mask> MASKS = masks();

    private SafeHarbor() {}

    private static Map<String, Mask> masks() {
        var masks = new TreeMap<String, Mask>();
        masks.put("phi.name", GONE); // (A)
        masks.put("phi.geo", GONE); // (B) street, city, county, precinct, coordinates
        masks.put("phi.zip", new Mask.Zip3()); // (B)
        masks.put("phi.date", new Mask.Year()); // (C) all elements but the year
        masks.put("phi.age", new Mask.AgeBand(1)); // (C) ages over 89 are one
        masks.put("phi.phone", GONE); // (D)
        masks.put("phi.fax", GONE); // (E)
        masks.put("phi.email", GONE); // (F)
        masks.put("phi.ssn", GONE); // (G)
        masks.put("phi.mrn", GONE); // (H)
        masks.put("phi.beneficiary", GONE); // (I)
        masks.put("phi.account", GONE); // (J)
        masks.put("phi.license", GONE); // (K)
        masks.put("phi.vehicle", GONE); // (L)
        masks.put("phi.device", GONE); // (M)
        masks.put("phi.url", GONE); // (N)
        masks.put("phi.ip", GONE); // (O)
        masks.put("phi.biometric", GONE); // (P)
        masks.put("phi.photo", GONE); // (Q)
        masks.put("phi.other", GONE); // (R) any other number, characteristic or code
        // Free text may hold any of these.
        masks.put("phi.clinical", GONE);
        return Collections.unmodifiableMap(masks);
    }

    static boolean isProtected(String dataClass) {
        return dataClass.startsWith(FAMILY + ".");
    }
}
