package dev.sallyport.sql.access;

/// A footprint as the log may have it in clear: without names that the client made up on the spot,
/// of settings that PostgreSQL doesn't have, cursors, prepared statements, channels. What somebody
/// types there may be anything; `?` stands for it. Names of objects stay.
public final class Discreet {
    private static final String HIDDEN = "?";

    private Discreet() {}

    public static Footprint of(Footprint footprint) {
        return new Footprint(
                footprint.kind(),
                footprint.accesses().stream().map(Discreet::of).toList(),
                footprint.outputs(),
                footprint.effects(),
                footprint.sessionChanges().stream().map(Discreet::of).toList(),
                footprint.hasWhere(),
                footprint.kin());
    }

    public static Access of(Access access) {
        var shown = of(access.resource());
        return shown == access.resource()
                ? access
                : new Access(access.action(), shown, access.columns(), access.via());
    }

    private static Resource of(Resource resource) {
        return switch (resource) {
            case Resource.Setting(var name) ->
                    SettingNames.areOwn(name) ? resource : new Resource.Setting(HIDDEN);
            case Resource.Other(var type, var schema, var name) ->
                    type.equals("channel") && !name.equals("*")
                            ? new Resource.Other(type, schema, HIDDEN)
                            : resource;
            case Resource.Relation _, Resource.Function _, Resource.Schema _ -> resource;
        };
    }

    private static SessionChange of(SessionChange change) {
        return switch (change) {
            case SessionChange.Prepares(_, var inner) ->
                    new SessionChange.Prepares(HIDDEN, of(inner));
            case SessionChange.DeclaresCursor(_, var query) ->
                    new SessionChange.DeclaresCursor(HIDDEN, of(query));
            case SessionChange.Executes _ -> new SessionChange.Executes(HIDDEN);
            case SessionChange.UsesCursor _ -> new SessionChange.UsesCursor(HIDDEN);
            case SessionChange.Deallocates _ -> new SessionChange.Deallocates(HIDDEN);
            case SessionChange.ClosesCursor _ -> new SessionChange.ClosesCursor(HIDDEN);
            case SessionChange.DeallocatesAll _,
                    SessionChange.ClosesAllCursors _,
                    SessionChange.DiscardsAll _ ->
                    change;
        };
    }

    /// Whether a name was left out of it, so that a decision can't be taken from it again.
    public static boolean leftOut(Footprint footprint) {
        for (var access : footprint.accesses())
            switch (access.resource()) {
                case Resource.Setting(var name) -> {
                    if (name.equals(HIDDEN)) return true;
                }
                case Resource.Other(_, _, var name) -> {
                    if (name.equals(HIDDEN)) return true;
                }
                case Resource.Relation _, Resource.Function _, Resource.Schema _ -> {}
            }
        for (var change : footprint.sessionChanges())
            switch (change) {
                case SessionChange.Prepares(_, var inner) -> {
                    if (leftOut(inner)) return true;
                }
                case SessionChange.DeclaresCursor(_, var query) -> {
                    if (leftOut(query)) return true;
                }
                case SessionChange.Executes _,
                        SessionChange.UsesCursor _,
                        SessionChange.Deallocates _,
                        SessionChange.ClosesCursor _,
                        SessionChange.DeallocatesAll _,
                        SessionChange.ClosesAllCursors _,
                        SessionChange.DiscardsAll _ -> {}
            }
        return false;
    }
}
