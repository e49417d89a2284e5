package dev.sallyport.app.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClinicDataTest {
    /// Changes only when the sample changes, then together with `Clinic.GENERATION`.
    private static final String DIGEST_OF_1000 = "59ac68adbdf94678";

    @Test
    void sameSeedSameRowsOnEveryMachine() throws Exception {
        assertThat(digest(Clinic.SEED, 1000)).isEqualTo(DIGEST_OF_1000);
    }

    @Test
    void anotherSeedGivesOtherRows() throws Exception {
        assertThat(digest(1, 10)).isNotEqualTo(digest(2, 10)).isEqualTo(digest(1, 10));
    }

    @Test
    void nothingInItCanBelongToAnybody() throws Exception {
        for (List<@Nullable Object> patient : table(rows(Clinic.SEED, 2000), "public.patients")) {
            assertThat(text(patient, 4)).matches("9\\d\\d-[0-4]\\d-\\d{4}");
            assertThat(text(patient, 11)).matches("\\(\\d{3}\\) 555-01\\d\\d");
            if (patient.get(12) != null) assertThat(text(patient, 12)).endsWith("@example.org");
        }
        for (List<@Nullable Object> provider : table(rows(Clinic.SEED, 1), "public.providers")) {
            assertThat(text(provider, 4)).matches("9\\d{9}");
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        var rows = rows(Clinic.SEED, 500);
        var patients = keys(table(rows, "public.patients"), 0);
        var encounters = keys(table(rows, "public.encounters"), 0);
        var codes = keys(table(rows, "public.icd10_codes"), 0);
        var insurers = keys(table(rows, "billing.insurers"), 0);
        var providers = keys(table(rows, "public.providers"), 0);
        assertThat(patients).hasSize(500);
        assertThat(patients).containsAll(keys(table(rows, "public.encounters"), 1));
        assertThat(providers).containsAll(keys(table(rows, "public.encounters"), 2));
        assertThat(providers).containsAll(keys(table(rows, "public.patients"), 14));
        assertThat(encounters).containsAll(keys(table(rows, "public.diagnoses"), 1));
        assertThat(codes).containsAll(keys(table(rows, "public.diagnoses"), 3));
        assertThat(encounters).containsAll(keys(table(rows, "public.medications"), 2));
        assertThat(encounters).containsAll(keys(table(rows, "billing.claims"), 2));
        assertThat(insurers).containsAll(keys(table(rows, "billing.claims"), 3));
    }

    private static List<List<@Nullable Object>> table(
            Map<String, List<List<@Nullable Object>>> tables, String name) {
        var rows = tables.get(name);
        if (rows == null) throw new AssertionError("no table " + name);
        return rows;
    }

    private static String digest(long seed, int patients) throws Exception {
        var sha = MessageDigest.getInstance("SHA-256");
        rows(seed, patients)
                .forEach((table, rows) -> {
                    sha.update(table.getBytes(StandardCharsets.UTF_8));
                    for (var row : rows) {
                        sha.update(row.toString().getBytes(StandardCharsets.UTF_8));
                    }
                });
        return HexFormat.of().formatHex(sha.digest(), 0, 8);
    }

    private static Map<String, List<List<@Nullable Object>>> rows(long seed, int patients)
            throws Exception {
        var tables = new java.util.TreeMap<String, List<List<@Nullable Object>>>();
        var current = new HashMap<String, List<List<@Nullable Object>>>();
        new ClinicData(seed, patients)
                .writeTo(
                        new ClinicData.Sink() {
                            @Override
                            public void table(String name, String... columns) {
                                var rows = new ArrayList<List<@Nullable Object>>();
                                tables.put(name, rows);
                                current.put("rows", rows);
                            }

                            @Override
                            public void row(@Nullable Object... values) {
                                requireNonNull(current.get("rows"))
                                        .add(Arrays.asList(values.clone()));
                            }
                        });
        return tables;
    }

    private static Set<String> keys(List<List<@Nullable Object>> rows, int column) {
        var keys = new HashSet<String>();
        for (var row : rows) keys.add(text(row, column));
        return keys;
    }

    private static String text(List<@Nullable Object> row, int column) {
        return String.valueOf(row.get(column));
    }
}
