package dev.sallyport.app.cli;

import dev.sallyport.sql.catalog.Catalog;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a column may hold, by its name and type together: `visit_date date` is a date of a
/// patient's, `note boolean` is no note. Suggestions for people who classify: nothing is decided by
/// them.
final class PhiLooks {
    private static final String TEXT = "S";
    private static final String NUMBER = "N";
    private static final String DATE = "D";

    /// @param name of the column, in lower case with underscores, all of it or what follows a
    ///   prefix as in `patient_last_name`
    /// @param categories of the types that hold such a thing, `pg_type.typcategory`
    private record Look(String dataClass, Pattern name, String categories) {}

    private static final List<Look> BY_NAME =
            List.of(
                    look("phi.ssn", "ssn|social_?security.*|tax_?id|tin", TEXT + NUMBER),
                    look(
                            "phi.name",
                            "(first|last|middle|full|maiden|given|family|sur|patient|legal|preferred|guarantor|guardian|mother|father"
                                + "|spouse|contact|employer)"
                                + "_?(name|nm)|[flm]_?name|surname|initials|next_of_kin|nok",
                            TEXT),
                    look(
                            "phi.date",
                            "(birth|death|admi(t|ssion)|admitted|discharged?|encounter|visit|service"
                                + "|onset|diagnosis|procedure|appointment|surgery)_?"
                                + "(date|day|dt|at|on|time|year)|(date|year)_of_(birth|death|service)"
                                + "|dob|dod|deceased_?(date|at|on)",
                            DATE + TEXT + NUMBER),
                    look("phi.age", "age|age_(in_)?years|age_at_.*", NUMBER + TEXT),
                    look("phi.email", "e_?mails?|e_?mail_?addr(ess)?(es)?", TEXT),
                    look("phi.fax", "fax(_?(no|nr|num|number))?", TEXT + NUMBER),
                    look(
                            "phi.phone",
                            "(tele)?phones?(_?(no|nr|num|number|home|work|mobile|cell))?|mobile(_?(no"
                                + "|number))?|cell(_?(no|number))?|pager",
                            TEXT + NUMBER),
                    look(
                            "phi.geo",
                            "street(_?(name|address|line))?|addr(ess)?(_?line)?|city|town|county"
                                    + "|parish|precinct|neighbou?rhood|geocode",
                            TEXT),
                    look("phi.geo", "lat(itude)?|lon|lng|longitude", NUMBER),
                    look("phi.zip", "zip(_?code)?|zip_?(4|plus_?4)|post(al)?_?code", TEXT + NUMBER),
                    look(
                            "phi.mrn",
                            "mrn|medical_?record(_?(no|nr|num|number|id))?|chart_?(no|num|number|id)",
                            TEXT + NUMBER),
                    look(
                            "phi.beneficiary",
                            "(member|beneficiary|subscriber|medicare|medicaid|insurance|policy_?holder)"
                                + "_?(id|no|num|number)|policy_?(no|num|number)|mbi|hicn",
                            TEXT + NUMBER),
                    look("phi.account", "(bank_?)?account_?(no|num|number)|iban", TEXT + NUMBER),
                    look(
                            "phi.license",
                            "(driver'?s?_?)?licen[cs]e_?(no|num|number|id)|dea_?(no|num|number)"
                                    + "|certificate_?(no|num|number)|passport(_?(no|num|number))?",
                            TEXT + NUMBER),
                    look("phi.vehicle", "vin|(licen[cs]e|number)_?plate", TEXT),
                    look(
                            "phi.device",
                            "device_?(id|serial.*|identifier)|serial_?(no|num|number)|imei|udi"
                                    + "|mac_?addr(ess)?",
                            TEXT + NUMBER),
                    look("phi.url", "url|web_?(site|page)|home_?page", TEXT),
                    look("phi.ip", "ip|ip_?addr(ess)?|(client|remote|source)_?ip", TEXT),
                    look("phi.photo", "photo(graph)?s?|pictures?|portrait|face_?image", TEXT + "U"),
                    look(
                            "phi.biometric",
                            "finger_?prints?|retina.*|iris.*|voice_?print|face_?(id|template)",
                            TEXT + "U"),
                    look(
                            "phi.clinical",
                            "notes?|comments?|remarks?|anamnesis|narrative|free_?text|findings"
                                    + "|assessment|impression|chief_complaint|history",
                            TEXT + "U"));

    /// Types that hold one thing whatever the column is called.
    private static final Map<String, String> BY_TYPE =
            Map.of(
                    "inet", "phi.ip",
                    "cidr", "phi.ip",
                    "macaddr", "phi.device",
                    "macaddr8", "phi.device",
                    "point", "phi.geo",
                    "geometry", "phi.geo",
                    "geography", "phi.geo");

    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern TRAILING_NUMBER = Pattern.compile("(?<=[a-z])_?[0-9]$");

    private PhiLooks() {}

    private static Look look(String dataClass, String names, String categories) {
        return new Look(dataClass, Pattern.compile("(.+_)?(" + names + ")"), categories);
    }

    /// The class of data that the column looks like.
    static Optional<String> of(Catalog.Column column, Catalog catalog) {
        var type = type(column, catalog);
        if (type == null) return Optional.empty();
        var name = HUMP.matcher(column.name()).replaceAll("_").toLowerCase(Locale.ROOT);
        var plain = TRAILING_NUMBER.matcher(name).replaceAll("");
        for (var look : BY_NAME)
            if (look.categories.indexOf(type.category()) >= 0
                    && (look.name.matcher(name).matches() || look.name.matcher(plain).matches()))
                return Optional.of(look.dataClass);
        return Optional.ofNullable(BY_TYPE.get(type.name()));
    }

    /// Of an array its elements', of a domain the type below it.
    private static Catalog.@Nullable Type type(Catalog.Column column, Catalog catalog) {
        var type = catalog.type(column.type());
        for (int i = 0; type != null && i < 32; i++) {
            if (type.isDomain()) type = catalog.type(type.base());
            else if (type.category() == 'A' && type.element() != 0)
                type = catalog.type(type.element());
            else return type;
        }
        return type;
    }

    /// For messages: `character varying(11)`.
    static String typeName(Catalog.Column column, Catalog catalog) {
        var detail = column.detail();
        if (detail != null && detail.formattedType() != null) return detail.formattedType();
        var type = catalog.type(column.type());
        return type == null ? "unknown" : type.name();
    }
}
