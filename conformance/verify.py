#!/usr/bin/env python3
"""Verifies a Sallyport audit store, from docs/audit-format.md alone. Python 3.8 or newer, no packages.

usage: verify.py [--known SEQ:HASH]... [--since CHECKPOINT]... [--keys FILE] STORE
       verify.py [--keys FILE] --proof FILE

Exit codes: 0 sound, 1 altered, 2 wrong usage, 3 torn tail only, 4 cannot tell.
"""
import base64
import binascii
import hashlib
import json
import os
import re
import sys

SOUND, ALTERED, TORN, CANNOT_TELL = 0, 1, 3, 4
MAX_ENTRY = 65535
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
SEGMENT_HEADER = 256
FRAME_HEADER = 12
MEMBERS = ["epoch", "event", "prev", "seq", "time", "type", "writer"]
SEGMENT_NAME = re.compile(r"segment-([0-9]{20})")
ORIGIN = re.compile(r"[!#-\[\]-~]{1,128}")
HASH = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
TYPE = re.compile(r"[a-z]+(-[a-z]+)*")
KEPT_NAME = re.compile(r"[0-9]{20}")
MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
NUMBER = re.compile(r"[1-9][0-9]{0,15}")
HOLD = re.compile(r"([1-9][0-9]{0,15})(?: ([0-9]{4}-(?:0[1-9]|1[0-2])))?")
KEY_NAME = re.compile(r"[!-*,-~]{1,255}")
CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")
TILE = 256


class Flaw(Exception):
    def __init__(self, answer, sequence, file, offset, reason):
        super().__init__(reason)
        self.answer, self.sequence, self.file, self.offset = answer, sequence, file, offset


class NotCanonical(Exception):
    pass


# CRC-32C, eight bytes at a time: a table per byte of the eight.
def _tables():
    first = []
    for i in range(256):
        crc = i
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        first.append(crc)
    tables = [first]
    for _ in range(7):
        last = tables[-1]
        tables.append([last[i] >> 8 ^ first[last[i] & 255] for i in range(256)])
    return tables


T0, T1, T2, T3, T4, T5, T6, T7 = _tables()


def crc32c(data):
    crc = 0xFFFFFFFF
    whole = len(data) & ~7
    for i in range(0, whole, 8):
        low = crc ^ int.from_bytes(data[i : i + 4], "little")
        crc = (
            T7[low & 255] ^ T6[low >> 8 & 255] ^ T5[low >> 16 & 255] ^ T4[low >> 24]
            ^ T3[data[i + 4]] ^ T2[data[i + 5]] ^ T1[data[i + 6]] ^ T0[data[i + 7]]
        )
    for byte in data[whole:]:
        crc = T0[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def number(data, offset, size):
    return int.from_bytes(data[offset : offset + size], "big")


# Canonical JSON: read with the standard library, written again by the rules, compared.
def canonical(value, depth=0):
    if depth > MAX_DEPTH and isinstance(value, (list, dict)):
        raise NotCanonical("nested too deeply")
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("integer beyond 2^53 - 1")
        return str(value)
    if isinstance(value, str):
        # json.dumps escapes exactly as RFC 8785 does, but for U+007F, which it leaves alone too.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(n) + ":" + canonical(value[n], depth + 1) for n in names) + "}"
    raise NotCanonical("a value of no allowed kind")


def parse_entry(data):
    try:
        text = data.decode("utf-8")
        entry = json.loads(text)
        if not isinstance(entry, dict):
            raise NotCanonical("no object")
        if canonical(entry) != text:
            raise NotCanonical("written differently")
    except (ValueError, RecursionError, NotCanonical) as e:
        raise NotCanonical("the entry is not canonical JSON (%s)" % type(e).__name__)
    if sorted(entry) != MEMBERS:
        raise NotCanonical("the entry has not exactly the members it should have")
    for member in ("epoch", "seq"):
        value = entry[member]
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise NotCanonical("member %s is no positive integer" % member)
    for member, form in (("prev", HASH), ("time", TIME), ("type", TYPE), ("writer", ORIGIN)):
        value = entry[member]
        if not isinstance(value, str) or not form.fullmatch(value):
            raise NotCanonical("member %s is not of its form" % member)
    if not isinstance(entry["event"], dict):
        raise NotCanonical("member event is no object")
    return entry


# Ed25519 (RFC 8032), only to verify: nothing here is secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        x = 0
        if sign:
            return None
    else:
        x = pow(square, (P + 3) // 8, P)
        if (x * x - square) % P:
            x = x * ROOT_OF_MINUS_1 % P
        if (x * x - square) % P:
            return None
        if x & 1 != sign:
            x = P - x
    return x, y, 1, x * y % P


BASE = point(bytes.fromhex("58" + "66" * 31))


def ed25519(public, message, signature):
    a = point(public)
    if a is None or len(signature) != 64:
        return False
    r, s = point(signature[:32]), int.from_bytes(signature[32:], "little")
    if r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = point_times(s, BASE), point_add(r, point_times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Keys, signed notes, checkpoints.
class Malformed(Exception):
    pass


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64")
    if base64.b64encode(data).decode() != text:
        raise Malformed("not base64")
    return data


def parse_key(text):
    """Name, id and public key of a key that signs notes."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not KEY_NAME.fullmatch(parts[0]):
        raise Malformed("a key is NAME+ID+BASE64")
    typed = unbase64(parts[2])
    if len(typed) != 33 or typed[0] != 1:
        raise Malformed("not an Ed25519 key for notes")
    key_id = hashlib.sha256(parts[0].encode() + b"\n" + typed).digest()[:4]
    if key_id.hex() != parts[1]:
        raise Malformed("the key's id is not that of the key")
    return parts[0], key_id, typed[1:]


class Checkpoint:
    def __init__(self, file, data):
        self.file = file
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a note that is not UTF-8")
        if len(data) > 65536 or "\n\n" not in text or not text.endswith("\n"):
            raise Malformed("not a signed note")
        cut = text.rindex("\n\n")
        self.text, lines = text[: cut + 1], text[cut + 2 :].split("\n")[:-1]
        match = CHECKPOINT.fullmatch(self.text)
        if not match or not lines:
            raise Malformed("a note that is no checkpoint")
        self.origin, self.size, self.root = match.group(1), int(match.group(2)), unbase64(match.group(3))
        self.signatures = []
        for line in lines:
            words = line.split(" ")
            if len(words) != 3 or words[0] != "\u2014" or not KEY_NAME.fullmatch(words[1]):
                raise Malformed("not a signature line")
            blob = unbase64(words[2])
            if len(blob) < 5:
                raise Malformed("not a signature line")
            self.signatures.append((words[1], blob[:4], blob[4:]))

    def signed_by(self, key):
        """Lines of other keys do not count; of this one there is one, and none is wrong."""
        name, key_id, public = parse_key(key)
        mine = [signature for n, i, signature in self.signatures if n == name and i == key_id]
        return bool(mine) and all(ed25519(public, self.text.encode(), signature) for signature in mine)


# The tree.
def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(hashes):
    """Of the tree over these, at least one."""
    while len(hashes) > 1:
        above = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = above + hashes[len(above) * 2 :]
    return hashes[0]


def tile_path(level, index, width):
    path = "%03d" % (index % 1000)
    while index >= 1000:
        index //= 1000
        path = "x%03d/%s" % (index % 1000, path)
    return "tile/%d/%s" % (level, path) + ("" if width == TILE else ".p/%d" % width)


def tile_of(path):
    """Level, index and width, or None where the name is no tile's."""
    match = re.fullmatch(r"tile/([0-6])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", path)
    if not match:
        return None
    index = int(match.group(2).replace("x", "").replace("/", ""))
    tile = int(match.group(1)), index, int(match.group(3) or TILE)
    return tile if tile[2] <= TILE and tile_path(*tile) == path else None


def included(leaf, index, size, path, expected):
    """RFC 9162 2.1.3.2."""
    if index >= size:
        return False
    at, last, current = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            current = node(sibling, current)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            current = node(current, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and current == expected


def read(store, name):
    with open(os.path.join(store, name), "rb") as file:
        return file.read()


class Head:
    def __init__(self, epoch, sequence, closed, leaf):
        self.epoch, self.sequence, self.closed, self.leaf = epoch, sequence, closed, leaf

    def order(self):
        return self.epoch, self.sequence, self.closed


def read_head(store):
    """The greater valid slot, or None."""
    data = read(store, "head")
    found = None
    for at in (0, 4096):
        slot = data[at : at + 68]
        if len(slot) < 68 or slot[:8] != b"SALLYHD1" or number(slot, 64, 4) != crc32c(slot[:64]) or slot[56] > 1:
            continue
        head = Head(number(slot, 8, 8), number(slot, 16, 8), slot[56] == 1, slot[24:56])
        if found is None or head.order() > found.order():
            found = head
    return found


class Retention:
    """What the log says about how long it is kept; each record is held against those before it."""

    def __init__(self):
        self.holds, self.pruned, self.records = {}, [], set()

    def entry(self, entry):
        kind = entry["type"]
        if kind not in ("hold-added", "hold-released", "log-pruned"):
            return
        event, sequence = entry["event"], entry["seq"]
        if kind == "hold-added":
            self.holds[sequence] = self.month(event.get("from"), True)
        elif kind == "hold-released":
            hold = event.get("hold")
            if type(hold) is not int or self.holds.pop(hold, None) is None:
                raise NotCanonical("the entry releases no hold that is in force")
        else:
            before = self.month(event.get("before"))
            self.may_go(entry, before)
            last = event.get("last")
            if type(last) is not int or not 1 <= last < sequence:
                raise NotCanonical("the record prunes what does not come before it")
            kept = set()
            for number in self.strings(event, "kept"):
                if not isinstance(number, str) or not NUMBER.fullmatch(number):
                    raise NotCanonical("the record keeps no entry")
                kept.add(int(number))
            if not {record for record in self.records if record <= last} <= kept:
                raise NotCanonical("the record does not keep a record before it")
            self.pruned.append((sequence, before, last, kept, event["keepMonths"]))
        self.records.add(sequence)

    @staticmethod
    def month(text, may_be_missing=False):
        if text is None and may_be_missing:
            return ""
        if not isinstance(text, str) or not MONTH.fullmatch(text):
            raise NotCanonical("the record names no month")
        return text

    @staticmethod
    def strings(event, member):
        return event[member] if isinstance(event.get(member), list) else []

    @staticmethod
    def later(month, count):
        number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
        return "%04d-%02d" % (number // 12, number % 12 + 1)

    def may_go(self, entry, before):
        event, listed = entry["event"], {}
        for hold in self.strings(event, "holds"):
            match = HOLD.fullmatch(hold) if isinstance(hold, str) else None
            if not match:
                raise NotCanonical("the record lists no holds")
            listed[int(match.group(1))] = match.group(2) or ""
        if listed != self.holds:
            raise NotCanonical("the record does not list the holds in force")
        for number, month in self.holds.items():
            if month < before:
                raise NotCanonical("the hold %d keeps what it lets go" % number)
        keep = event.get("keepMonths")
        if type(keep) is not int or keep < 1:
            raise NotCanonical("the record names no retention period")
        if before > self.later(self.month(entry["time"][:7]), -keep):
            raise NotCanonical("what it lets go is younger than the retention period")

    def check(self, begin, sealed, there):
        """The record that lets the entries up to `begin` be missing."""
        if begin == 0:
            return None
        allows = [record for record in self.pruned if record[2] >= begin and record[0] <= sealed]
        if not allows:
            raise NotCanonical("entries are missing, and no record that a checkpoint covers lets them be")
        for number in allows[-1][3]:
            if number <= begin and number not in there:
                raise NotCanonical("the entry %d is missing, which had to be kept" % number)
        return allows[-1]


class Tree:
    """Computes the tree while the chain is walked; holds checkpoints, tiles and keys against it."""

    def __init__(self, store, since, keys):
        self.store, self.keys = store, keys
        self.checkpoints, self.newest = {}, 0
        self.key, self.key_sequence, self.trusted, self.size = "", 0, False, 0
        self.levels = []
        if os.path.exists(os.path.join(store, "checkpoint")):
            self.newest = self.add("checkpoint").size
        kept = os.path.join(store, "checkpoints")
        for name in sorted(os.listdir(kept)) if os.path.isdir(kept) else []:
            if KEPT_NAME.fullmatch(name) and self.add("checkpoints/" + name).size != int(name):
                raise Flaw(ALTERED, 0, "checkpoints/" + name, 0, "the checkpoint's size is not that of its name")
        for checkpoint in since:
            self.checkpoints.setdefault(checkpoint.size, []).append(checkpoint)
        self.tiles = set()
        for folder, _, names in os.walk(os.path.join(store, "tile")):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), store).replace(os.sep, "/")
                if tile_of(path):
                    self.tiles.add(tile_of(path))
        self.wanted = bool(self.checkpoints or self.tiles)
        for level in range(7):
            index, width = divmod(self.newest >> 8 * level, TILE)
            if width and not {(level, index, width), (level, index, TILE)} & self.tiles:
                raise Flaw(ALTERED, 0, tile_path(level, index, width), 0, "the tile is missing")
        self.widths = {}
        for level, index, width in self.tiles:
            self.widths.setdefault((level, index), []).append(width)

    def add(self, name):
        try:
            checkpoint = Checkpoint(name, read(self.store, name))
        except Malformed as e:
            raise Flaw(ALTERED, 0, name, 0, str(e))
        self.checkpoints.setdefault(checkpoint.size, []).append(checkpoint)
        return checkpoint

    def leaves(self, index):
        """Leaf hashes of entries that were pruned, as the store has them."""
        width = min(TILE, self.newest - index * TILE)
        tile = (0, index, TILE) if (0, index, TILE) in self.tiles else (0, index, width)
        path = tile_path(*tile)
        if tile not in self.tiles:
            raise Flaw(ALTERED, index * TILE + 1, path, 0, "the tile is missing")
        data = read(self.store, path)
        if len(data) != 32 * tile[2]:
            raise Flaw(ALTERED, index * TILE + 1, path, 0, "the tile does not hold the entries")
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    def entry(self, sequence, leaf, entry, origin):
        """`entry` is None where it was pruned."""
        if entry is None:
            pass
        elif entry["type"] == "log-key":
            self.change_key(sequence, entry)
        elif self.key_sequence > self.newest and entry["type"] != "recovered":
            raise Flaw(ALTERED, self.key_sequence, "checkpoint", 0, "no checkpoint covers the log key")
        if not self.wanted:
            return
        level, count, current = 0, self.size, leaf
        self.size += 1
        while True:
            if level == len(self.levels):
                self.levels.append([])
            hashes = self.levels[level]
            hashes.append(current)
            if len(hashes) < TILE:
                break
            index = count // TILE
            self.full(level, index, hashes)
            self.levels[level], current = [], root(hashes)
            level, count = level + 1, index
        for checkpoint in self.checkpoints.pop(sequence, []):
            self.check(checkpoint, origin)

    def change_key(self, sequence, entry):
        event = entry["event"]
        key, previous, signature = (event.get(member, "") for member in ("key", "previousKey", "signature"))
        try:
            if parse_key(key)[0] != entry["writer"]:
                raise Malformed("the entry names a key that is not one of this log")
            if previous != self.key:
                raise Malformed("the entry changes a log key that was not in force")
            message = "sallyport log key v1\n%s\n%s\n%s\n" % (entry["writer"], previous, key)
            if not previous and signature:
                raise Malformed("the first log key has a signature")
            if previous and not ed25519(parse_key(previous)[2], message.encode(), unbase64(signature)):
                raise Malformed("the key before did not vouch for this log key")
        except (Malformed, TypeError, AttributeError) as e:
            raise NotCanonical(str(e))
        self.trusted = self.trusted or not self.keys or key in self.keys
        self.key, self.key_sequence = key, sequence

    def root(self):
        current = None
        for hashes in self.levels:
            end = len(hashes)
            while end:
                count = end & -end
                left = root(hashes[end - count : end])
                current = left if current is None else node(left, current)
                end -= count
        return current

    def check(self, checkpoint, origin):
        def flaw(reason):
            return Flaw(ALTERED, checkpoint.size, checkpoint.file, 0, reason)

        if checkpoint.origin != origin:
            raise flaw("the checkpoint is of the log " + checkpoint.origin)
        if checkpoint.root != self.root():
            raise flaw("the entries are not those that this checkpoint covers")
        if not self.key or not checkpoint.signed_by(self.key):
            raise flaw("the checkpoint is not signed by the log's key")

    def full(self, level, index, hashes):
        end = (index + 1) * TILE << 8 * level
        if (level, index, TILE) not in self.tiles and end <= self.newest:
            first = (index * TILE << 8 * level) + 1
            raise Flaw(ALTERED, first, tile_path(level, index, TILE), 0, "the tile is missing")
        for width in self.widths.pop((level, index), []):
            self.compare(level, index, width, hashes)

    def compare(self, level, index, width, hashes):
        path = tile_path(level, index, width)
        if not os.path.exists(os.path.join(self.store, path)) and os.path.exists(
            os.path.join(self.store, tile_path(level, index, TILE))
        ):
            return
        if read(self.store, path) != b"".join(hashes[:width]):
            first = (index * TILE << 8 * level) + 1
            raise Flaw(ALTERED, first, path, 0, "the tile does not hold the entries")

    def end(self, sequence, closed):
        for checkpoint in (c for each in self.checkpoints.values() for c in each):
            reason = "the log ends before the entries that a checkpoint covers"
            raise Flaw(ALTERED, sequence + 1, checkpoint.file, 0, reason)
        for (level, index), widths in sorted(self.widths.items()):
            for width in widths:
                if (index * TILE + width) << 8 * level > sequence:
                    path = tile_path(level, index, width)
                    raise Flaw(ALTERED, sequence + 1, path, 0, "the log ends before the entries that a tile tells of")
                self.compare(level, index, width, self.levels[level])
        if closed and self.key and self.newest != sequence:
            raise Flaw(ALTERED, self.newest + 1, "checkpoint", 0, "closed, but no checkpoint covers its last entries")
        if self.keys and not self.trusted:
            raise Flaw(ALTERED, max(self.key_sequence, 1), "checkpoint", 0, "the log's key is none that is trusted")


class Verifier:
    def __init__(self, store, known, since=(), keys=()):
        self.store, self.known, self.since, self.keys = store, known, since, keys
        self.tree = None
        self.head = None
        self.retention, self.pruned, self.kept, self.gap, self.oldest = Retention(), 0, set(), None, "no time yet"
        self.sequence, self.hash, self.epoch, self.origin, self.previous = 0, bytes(32), 0, None, None

    def run(self):
        try:
            self.walk()
        except Flaw as flaw:
            # A torn tail excuses nothing that a checkpoint or a tile tells of.
            if flaw.answer == TORN:
                self.tree.end(self.sequence, False)
                self.check_pruned()
            raise
        self.tree.end(self.sequence, self.head.closed)
        self.check_pruned()

    def check_pruned(self):
        try:
            self.gap = self.retention.check(self.pruned, self.tree.newest, self.kept)
        except NotCanonical as e:
            raise Flaw(ALTERED, 1, "", 0, str(e))

    def skip(self, name, end, origin):
        """Entries before the first segment: their hashes are in the tiles, and some were kept."""
        if end > self.tree.newest:
            raise self.altered(name, 0, "entries are missing before this segment")
        self.origin = origin
        while self.sequence < end:
            at, path = self.sequence % TILE, "kept/%020d" % (self.sequence + 1)
            if at == 0:
                leaves = self.tree.leaves(self.sequence // TILE)
            entry, leaf = None, leaves[at]
            if os.path.exists(os.path.join(self.store, path)):
                data = read(self.store, path)
                try:
                    entry = parse_entry(data)
                    if hashlib.sha256(b"\0" + data).digest() != leaf:
                        raise NotCanonical("not the entry that the tree tells of")
                    if entry["seq"] != self.sequence + 1 or entry["writer"] != origin:
                        raise NotCanonical("the entry is another one than its name says")
                    self.retention.entry(entry)
                except NotCanonical as e:
                    raise self.altered(path, 0, str(e))
                self.kept.add(self.sequence + 1)
            if self.known.get(self.sequence + 1, leaf) != leaf:
                raise self.altered(name, 0, "not the entry that was noted outside")
            try:
                self.tree.entry(self.sequence + 1, leaf, entry, origin)
            except NotCanonical as e:
                raise self.altered(path, 0, str(e))
            self.sequence, self.hash = self.sequence + 1, leaf
        self.pruned = end

    def walk(self):
        with open(os.path.join(self.store, "head"), "rb"):
            pass
        self.tree = Tree(self.store, self.since, self.keys)
        self.head = read_head(self.store)
        if self.head is None:
            raise Flaw(ALTERED, 0, "head", 0, "neither slot of the head is valid")
        done = set()
        names = self.segments()
        if not names and self.head.sequence > 0:
            raise Flaw(ALTERED, 1, "head", 0, "no segment is there")
        last, end = "head", 0
        while True:
            names = [name for name in self.segments() if name not in done]
            if not names:
                break
            last, end = names[0], self.segment(names[0], len(names) == 1)
            done.add(names[0])
        self.check_end(last, end)

    def segments(self):
        return sorted(name for name in os.listdir(self.store) if SEGMENT_NAME.fullmatch(name))

    def segment(self, name, is_last):
        data = read(self.store, name)
        self.header(name, data)
        at, batch = SEGMENT_HEADER, None
        while True:
            length, why = self.frame(data, at)
            if length == 0:
                if not data[at:].strip(b"\0"):
                    return at
                raise self.torn_or_altered(name, data, at, is_last, "data follows where nothing should")
            if length is None:
                raise self.torn_or_altered(name, data, at, is_last, why)
            start = number(data, at + 4, 4)
            if start not in (batch, at):
                raise self.altered(name, at, "the frame's batch start fits no batch")
            batch = start
            behind = at + FRAME_HEADER + length
            self.entry(name, at, data[at + FRAME_HEADER : behind], data, behind)
            at = behind

    def header(self, name, data):
        sequence = int(SEGMENT_NAME.fullmatch(name).group(1))
        if len(data) < SEGMENT_HEADER or data[:8] != b"SALLYSG1":
            raise self.altered(name, 0, "no segment header")
        if number(data, 252, 4) != crc32c(data[:252]):
            raise self.altered(name, 0, "segment header does not match its CRC")
        length = number(data, 48, 2)
        origin = data[50 : 50 + min(length, 202)].decode("latin-1")
        if length > 128 or not ORIGIN.fullmatch(origin) or data[50 + length : 252].strip(b"\0"):
            raise self.altered(name, 0, "segment header: bad origin")
        if number(data, 8, 8) != sequence:
            raise self.altered(name, 0, "the segment's header and file name differ")
        if self.sequence == 0 and sequence > 1:
            self.skip(name, sequence - 1, origin)
        if sequence > self.sequence + 1:
            raise self.altered(name, 0, "entries are missing before this segment")
        if sequence < self.sequence + 1:
            raise self.altered(name, 0, "the segment repeats entries")
        if data[16:48] != self.hash:
            raise self.altered(name, 0, "the segment does not chain to the entry before")
        if self.origin is not None and origin != self.origin:
            raise self.altered(name, 0, "the segment is of another log")
        self.origin = origin

    @staticmethod
    def frame(data, at):
        """Length of the valid frame's entry; 0 where nothing is; None and why where neither."""
        header = data[at : at + FRAME_HEADER]
        if not header.strip(b"\0"):
            return 0, ""
        if len(header) < FRAME_HEADER:
            return None, "file ends within a frame header"
        length = number(header, 0, 4)
        if not 1 <= length <= MAX_ENTRY:
            return None, "frame has an impossible length"
        if at + FRAME_HEADER + length > len(data):
            return None, "file ends within a frame"
        if number(header, 8, 4) != crc32c(header[:8] + data[at + FRAME_HEADER : at + FRAME_HEADER + length]):
            return None, "frame does not match its CRC"
        return length, ""

    def entry(self, name, at, data, segment, behind):
        try:
            entry = parse_entry(data)
        except NotCanonical as e:
            raise self.altered(name, at, str(e))
        if entry["seq"] != self.sequence + 1:
            raise self.altered(name, at, "here stands the entry of sequence %d" % entry["seq"])
        if entry["prev"] != self.hash.hex():
            length = self.frame(segment, behind)[0] or 0
            following = segment[behind + FRAME_HEADER : behind + FRAME_HEADER + length]
            raise self.broken_link(name, at, data, following)
        if entry["writer"] != self.origin:
            raise self.altered(name, at, "the entry is of another log")
        if entry["epoch"] < self.epoch:
            raise self.altered(name, at, "the entry is of an earlier epoch than the one before")
        leaf = hashlib.sha256(b"\0" + data).digest()
        if self.sequence + 1 == self.head.sequence and leaf != self.head.leaf:
            raise self.altered(name, at, "not the entry that the head tells of")
        if self.known.get(self.sequence + 1, leaf) != leaf:
            raise self.altered(name, at, "not the entry that was noted outside")
        try:
            self.tree.entry(self.sequence + 1, leaf, entry, self.origin)
            self.retention.entry(entry)
        except NotCanonical as e:
            raise self.altered(name, at, str(e))
        if self.sequence == self.pruned > 0:
            self.oldest = entry["time"]
        self.sequence += 1
        self.epoch, self.hash, self.previous = entry["epoch"], leaf, (name, at)

    def broken_link(self, name, at, data, following):
        """Which of two entries is not as it was written? If what comes behind vouches for the second, the first."""
        second = hashlib.sha256(b"\0" + data).digest()
        vouched = self.sequence + 1 == self.head.sequence and second == self.head.leaf
        try:
            vouched = vouched or parse_entry(following)["prev"] == second.hex()
        except NotCanonical:
            pass
        if vouched and self.sequence > 0:
            return Flaw(ALTERED, self.sequence, *self.previous, "the next entry does not chain to this one")
        return self.altered(name, at, "the entry does not chain to the one before")

    def torn_or_altered(self, name, data, at, is_last, what):
        if not is_last:
            return self.altered(name, at, what + ", in a segment that is not the last")
        if self.head.closed:
            return self.altered(name, at, what + ", though the log was closed cleanly")
        if self.sequence < self.head.sequence:
            return self.altered(name, at, what + ", though it had been acknowledged")
        if any(sequence > self.sequence for sequence in self.known):
            return self.altered(name, at, what + ", though it was noted outside")
        for later in range(at + 1, len(data.rstrip(b"\0")) - FRAME_HEADER):
            # Most offsets are ruled out by the length's two high bytes or the batch start.
            if data[later] or data[later + 1] or not at < number(data, later + 4, 4) <= later:
                continue
            if self.frame(data, later)[0]:
                return self.altered(name, at, what + ", though later entries follow")
        return Flaw(TORN, self.sequence + 1, name, at, what)

    def check_end(self, name, at):
        if self.sequence < self.head.sequence:
            raise self.altered(name, at, "the log ends here, though it had entries up to sequence %d" % self.head.sequence)
        if self.head.closed and self.sequence > self.head.sequence:
            raise Flaw(ALTERED, self.head.sequence + 1, name, at, "entries follow the one at which it was closed")
        if self.epoch > self.head.epoch:
            raise Flaw(ALTERED, self.sequence, name, at, "the entry's epoch never began")
        if any(sequence > self.sequence for sequence in self.known):
            raise self.altered(name, at, "the log ends here, though a later entry was noted outside")

    def altered(self, name, at, reason):
        return Flaw(ALTERED, self.sequence + 1, name, at, reason)


def verify(store, known, since=(), keys=()):
    """Exit code and what to print."""
    for attempt in range(5):
        verifier = Verifier(store, known, since, keys)
        try:
            verifier.run()
            text = "sound: %d entries, %s" % (
                verifier.sequence,
                "closed cleanly" if verifier.head.closed else "not closed (the gateway runs, or it crashed)",
            )
            if verifier.sequence:
                text += "\nnote this elsewhere, to prove the log later: %d:%s" % (verifier.sequence, verifier.hash.hex())
            if verifier.gap:
                text += "\npruned: entries 1 to %d, of before %s, by the record %d; kept for %d months as it says; the oldest that is left is of %s" % (
                    verifier.pruned, verifier.gap[1], verifier.gap[0], verifier.gap[4], verifier.oldest)
            if verifier.tree.key:
                how = "a trusted key" if keys else "the key the log itself names (see --keys)"
                text += "\nsigned: the newest checkpoint covers %d of them, by %s: %s" % (
                    verifier.tree.newest, how, verifier.tree.key)
            else:
                text += "\nnot signed: the log names no key"
            return SOUND, text
        except Flaw as flaw:
            word = {ALTERED: "ALTERED", TORN: "torn tail"}[flaw.answer]
            answer = flaw.answer, "%s: sequence %d, %s at offset %d: %s; %d entries before it sound" % (
                word, flaw.sequence, flaw.file, flaw.offset, flaw, verifier.sequence)
        except OSError as e:
            answer = CANNOT_TELL, "cannot tell: %s" % e
        # What looks wrong while a writer moves the end may be only half written: look again.
        try:
            now = read_head(store)
        except OSError:
            return answer
        if now is None or verifier.head is None or now.order() == verifier.head.order():
            return answer
    return answer


def verify_proof(file, keys):
    """A bundle: that one entry is in the tree of a signed checkpoint."""
    try:
        with open(file, "rb") as opened:
            data = opened.read()
        head, _, checkpoint = data.decode("utf-8").partition("\n\n")
        lines = head.split("\n")
        match = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[2]) if len(lines) > 2 else None
        if lines[0] != "c2sp.org/tlog-proof@v1" or not match or not lines[1].startswith("extra "):
            raise Malformed("not a proof")
        key, _, entry = unbase64(lines[1][len("extra ") :]).partition(b"\n")
        index, key = int(match.group(1)), key.decode("utf-8")
        path = [unbase64(line) for line in lines[3:]]
        if any(len(each) != 32 for each in path):
            raise Malformed("not a proof")
        parsed, head = parse_entry(entry), Checkpoint(file, checkpoint.encode())
        if parsed["seq"] != index + 1 or parsed["writer"] != head.origin:
            raise Malformed("the entry is not the one the proof is about")
        if keys and key not in keys:
            raise Malformed("the key is none of those that are trusted")
        if parse_key(key)[0] != head.origin or not head.signed_by(key):
            raise Malformed("the checkpoint is not signed by the key")
        if not included(hashlib.sha256(b"\0" + entry).digest(), index, head.size, path, head.root):
            raise Malformed("the entry is not in the checkpoint's tree")
    except (Malformed, NotCanonical, UnicodeDecodeError) as e:
        return ALTERED, "ALTERED: %s" % e
    except OSError as e:
        return CANNOT_TELL, "cannot tell: %s" % e
    return SOUND, "sound: entry %d of the log %s, signed by %s: %s" % (
        index + 1, head.origin, "a trusted key" if keys else "the key in the bundle (see --keys)", key)


def main(arguments):
    known, since, keys, proof = {}, [], [], None
    while len(arguments) >= 2 and arguments[0] in ("--known", "--since", "--keys", "--proof"):
        option, value, arguments = arguments[0], arguments[1], arguments[2:]
        try:
            if option == "--known":
                match = re.fullmatch(r"([1-9][0-9]{0,15}):([0-9a-f]{64})", value)
                if not match:
                    raise Malformed("--known takes SEQ:HASH")
                known[int(match.group(1))] = bytes.fromhex(match.group(2))
            elif option == "--since":
                with open(value, "rb") as file:
                    since.append(Checkpoint(value, file.read()))
            elif option == "--keys":
                with open(value, encoding="utf-8") as file:
                    lines = [line.strip() for line in file]
                keys = [line for line in lines if line and not line.startswith("#")]
                for line in keys:
                    parse_key(line)
                if not keys:
                    raise Malformed("there is no key in " + value)
            else:
                proof = value
        except (Malformed, OSError) as e:
            print("%s: %s" % (option, e), file=sys.stderr)
            return 2
    if proof is not None and not arguments and not known and not since:
        code, text = verify_proof(proof, keys)
    elif proof is None and len(arguments) == 1 and not arguments[0].startswith("-"):
        code, text = verify(arguments[0], known, since, keys)
    else:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
