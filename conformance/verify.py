#!/usr/bin/env python3
"""Verifies a Sallyport audit store, from docs/audit-format.md alone. Python 3.8 or newer, no packages.

usage: verify.py [--known SEQ:HASH]... STORE

Exit codes: 0 sound, 1 altered, 2 wrong usage, 3 torn tail only, 4 cannot tell.
"""
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


class Verifier:
    def __init__(self, store, known):
        self.store, self.known = store, known
        self.head = None
        self.sequence, self.hash, self.epoch, self.origin, self.previous = 0, bytes(32), 0, None, None

    def run(self):
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


def verify(store, known):
    """Exit code and what to print."""
    for attempt in range(5):
        verifier = Verifier(store, known)
        try:
            verifier.run()
            text = "sound: %d entries, %s" % (
                verifier.sequence,
                "closed cleanly" if verifier.head.closed else "not closed (the gateway runs, or it crashed)",
            )
            if verifier.sequence:
                text += "\nnote this elsewhere, to prove the log later: %d:%s" % (verifier.sequence, verifier.hash.hex())
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


def main(arguments):
    known = {}
    while len(arguments) >= 2 and arguments[0] == "--known":
        match = re.fullmatch(r"([1-9][0-9]{0,15}):([0-9a-f]{64})", arguments[1])
        if not match:
            print("--known takes SEQ:HASH", file=sys.stderr)
            return 2
        known[int(match.group(1))] = bytes.fromhex(match.group(2))
        arguments = arguments[2:]
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    code, text = verify(arguments[0], known)
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
