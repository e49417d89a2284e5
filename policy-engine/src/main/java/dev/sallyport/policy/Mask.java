package dev.sallyport.policy;

import java.util.Comparator;
import java.util.Set;

/// What is shown in a column's place. A mask keeps the column's type; on a type that it makes no
/// sense for, the statement is refused when the policy meets the catalog, never shown plain. A null
/// stays null under every mask.
///
/// The table in `docs/masks.md` shows each one's result by type.
public sealed interface Mask {
    /// As a policy file spells it: `partial(keepLast: 4)`. Equal masks give equal words.
    String word();

    /// Null, whatever was there.
    record Null() implements Mask {
        @Override
        public String word() {
            return "null";
        }
    }

    /// Says that something is there and nothing else: {@link #TEXT} for character types, cut to the
    /// column's length; null for every other type.
    record Redact() implements Mask {
        public static final String TEXT = "***";

        @Override
        public String word() {
            return "redact";
        }
    }

    /// For character types: some characters at the ends are kept, each other one becomes `*`, so
    /// the length shows. A value that is not longer than what would be kept is starred as a whole.
    ///
    /// @param keepFirst characters, from 0
    /// @param keepLast characters, from 0; not both are 0
    record Partial(int keepFirst, int keepLast) implements Mask {
        public static final int MAX_KEPT = 64;

        public Partial {
            if (keepFirst < 0 || keepLast < 0 || keepFirst + keepLast == 0)
                throw new IllegalArgumentException(keepFirst + ", " + keepLast);
            if (keepFirst + keepLast > MAX_KEPT)
                throw new IllegalArgumentException("keeps more than " + MAX_KEPT);
        }

        @Override
        public String word() {
            if (keepFirst == 0) return "partial(keepLast: " + keepLast + ")";
            if (keepLast == 0) return "partial(keepFirst: " + keepFirst + ")";
            return "partial(keepFirst: " + keepFirst + ", keepLast: " + keepLast + ")";
        }
    }

    /// For character types: HMAC-SHA256 of the value's UTF-8 text in lower-case hex, so equal
    /// values stay equal and join across tables, and nobody without the key can try values. Cut to
    /// the column's length from the right; a column of fewer than {@link #MIN_CHARACTERS} is
    /// refused, as its hashes would collide.
    ///
    /// The key never stands in a statement: see {@link HashKey} and `docs/adr`.
    record Hash() implements Mask {
        public static final int MIN_CHARACTERS = 16;

        @Override
        public String word() {
            return "hash";
        }
    }

    /// For dates and timestamps: the first moment of the year; a day that is 90 years or more
    /// before today becomes the first moment of the year 90 years ago, so that ages over 89 are one
    /// (45 CFR 164.514(b)(2)(i)(C)).
    record Year() implements Mask {
        public static final int OLDEST_AGE = 90;

        @Override
        public String word() {
            return "year";
        }
    }

    /// For character types: the first three digits of a United States ZIP code where more than
    /// 20,000 people live in their area; `000` otherwise, and for anything that is no ZIP code (45
    /// CFR 164.514(b)(2)(i)(B)).
    record Zip3() implements Mask {
        /// First digits that are not shown: {@link ZipAreas}.
        public static final Set<String> SPARSE = ZipAreas.sparse();

        public static final String BLANK = "000";

        @Override
        public String word() {
            return "zip3";
        }
    }

    /// For whole numbers that are ages in years: the lowest age of the band; 90 and more are one
    /// band (45 CFR 164.514(b)(2)(i)(C)). `age-band(10)` of 47 is 40, of 93 is 90.
    ///
    /// @param years in a band, 1 to 30; divides 90
    record AgeBand(int years) implements Mask {
        public static final int OLDEST_AGE = 90;

        public AgeBand {
            if (years < 1 || years > 30 || OLDEST_AGE % years != 0)
                throw new IllegalArgumentException("years: " + years);
        }

        @Override
        public String word() {
            return "age-band(" + years + ")";
        }
    }

    /// For numbers: rounded down to a multiple. `bucket(100)` of 234.50 is 200, of -1 is -100.
    ///
    /// @param size at least 1
    record Bucket(long size) implements Mask {
        public Bucket {
            if (size < 1) throw new IllegalArgumentException("size: " + size);
        }

        @Override
        public String word() {
            return "bucket(" + size + ")";
        }
    }

    /// The same value for every row, a literal of the column's type.
    ///
    /// @param value as text; the server reads it as the column's type
    record Constant(String value) implements Mask {
        @Override
        public String word() {
            return "constant(\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\")";
        }
    }

    /// From what shows most to what shows least, then by words: a total order. Grants add up, so of
    /// two masks on the same column the first holds.
    Comparator<Mask> WEAKEST_FIRST =
            Comparator.comparingInt(Mask::strength)
                    .thenComparingLong(Mask::shownLess)
                    .thenComparing(Mask::word);

    private static int strength(Mask mask) {
        return switch (mask) {
            case Bucket _ -> 1;
            case Year _ -> 2;
            case AgeBand _ -> 3;
            case Partial _ -> 4;
            case Zip3 _ -> 5;
            case Hash _ -> 6;
            case Redact _ -> 7;
            case Constant _ -> 8;
            case Null _ -> 9;
        };
    }

    private static long shownLess(Mask mask) {
        return switch (mask) {
            case Bucket(var size) -> size;
            case AgeBand(var years) -> years;
            case Partial(var first, var last) -> -(first + last);
            case Year _, Zip3 _, Hash _, Redact _, Constant _, Null _ -> 0;
        };
    }
}
