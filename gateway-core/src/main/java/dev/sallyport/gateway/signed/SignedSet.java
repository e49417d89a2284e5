package dev.sallyport.gateway.signed;

import dev.sallyport.audit.format.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A {@link Proposal} and the signatures under it. As a file: the proposal's lines, an empty line,
/// then `author NAME SIGNATURE` and a line `approver NAME SIGNATURE` each, the signatures in
/// base64. An approver signs what the author signed, the author's signature included.
public record SignedSet(Proposal proposal, Signed author, List<Signed> approvers) {
    private static final int MAX_BYTES = 4 << 20;
    private static final Pattern LINE =
            Pattern.compile(
                    "(author|approver) ([\\p{L}\\p{Nd}_][\\p{L}\\p{Nd}_.@+-]{0,62})"
                            + " ([A-Za-z0-9+/]{86}==)");

    public SignedSet {
        approvers = List.copyOf(approvers);
    }

    /// @param signature base64
    public record Signed(String name, String signature) {}

    public static SignedSet propose(Proposal proposal, PolicySigningKey author) {
        return new SignedSet(proposal, by(author, message(proposal, "author", "")), List.of());
    }

    /// With one more approver's signature.
    public SignedSet approve(PolicySigningKey approver) {
        var all = new ArrayList<>(approvers);
        all.add(by(approver, approversMessage()));
        return new SignedSet(proposal, author, all);
    }

    private static Signed by(PolicySigningKey key, byte[] message) {
        return new Signed(
                key.signer().name(), Base64.getEncoder().encodeToString(key.sign(message)));
    }

    boolean isAuthor(PolicySigner signer) {
        return author.name.equals(signer.name())
                && signer.signed(message(proposal, "author", ""), bytes(author));
    }

    boolean isApprover(PolicySigner signer) {
        return approvers.stream()
                .anyMatch(a ->
                        a.name.equals(signer.name())
                                && signer.signed(approversMessage(), bytes(a)));
    }

    private byte[] approversMessage() {
        return message(proposal, "approver", author.name + " " + author.signature);
    }

    /// INVARIANT: a signature for one part is none for the other.
    private static byte[] message(Proposal proposal, String part, String before) {
        return ("sallyport policy set v1 signed by its "
                        + part
                        + "\n"
                        + before
                        + "\n"
                        + proposal.text())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Signed signed) {
        return Base64.getDecoder().decode(signed.signature);
    }

    public String text() {
        var text = new StringBuilder(proposal.text()).append('\n');
        text.append("author ").append(author.name).append(' ').append(author.signature);
        text.append('\n');
        for (var a : approvers)
            text.append("approver ").append(a.name).append(' ').append(a.signature).append('\n');
        return text.toString();
    }

    /// @throws FormatException it is none, for people
    public static SignedSet read(Path file) throws IOException, FormatException {
        if (Files.size(file) > MAX_BYTES) throw new FormatException("it is too long");
        return parse(Files.readString(file));
    }

    static SignedSet parse(String text) throws FormatException {
        int gap = text.indexOf("\n\n");
        if (gap < 0 || !text.endsWith("\n")) throw new FormatException("it has no signatures");
        var proposal = Proposal.parse(text.substring(0, gap).lines().toList());
        Signed author = null;
        var approvers = new ArrayList<Signed>();
        for (var line : text.substring(gap + 2).lines().toList()) {
            var form = LINE.matcher(line);
            if (!form.matches()) throw new FormatException("a signature is malformed");
            var signed = new Signed(form.group(2), form.group(3));
            if (form.group(1).equals("approver")) approvers.add(signed);
            else if (author == null) author = signed;
            else throw new FormatException("it has two authors");
        }
        if (author == null) throw new FormatException("it has no author's signature");
        var set = new SignedSet(proposal, author, approvers);
        // Otherwise two texts would be one set.
        if (!set.text().equals(text)) throw new FormatException("it is not as `policy` writes it");
        return set;
    }
}
