"""Records → an EVTX file, so that damage and cutting can be tried on logs of any size. Only what a reader needs."""

import struct
import zlib

CHUNK = 65_536
EPOCH_SHIFT = 116_444_736_000_000_000


class _Binary:
    """Binary XML without templates: every element is written out, every name stands where it is first used."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.out = bytearray(b"\x0f\x01\x01\x00")

    def _name(self, name: str) -> None:
        at = self.offset + len(self.out) + 4
        wide = name.encode("utf-16-le")
        self.out += struct.pack("<I", at) + struct.pack("<IHH", 0, 0, len(name)) + wide + b"\0\0"

    def _text(self, text: str) -> None:
        self.out += b"\x05\x01" + struct.pack("<H", len(text)) + text.encode("utf-16-le")

    def element(self, name: str, attributes: dict[str, str], content: "list[Element] | str") -> None:
        self.out += (b"\x41" if attributes else b"\x01") + struct.pack("<I", 0)  # no dependency id outside templates
        self._name(name)
        if attributes:
            size_at = len(self.out)
            self.out += b"\0\0\0\0"
            for number, (key, value) in enumerate(attributes.items(), 1):
                self.out += b"\x06" if number == len(attributes) else b"\x46"
                self._name(key)
                self._text(value)
            struct.pack_into("<I", self.out, size_at, len(self.out) - size_at - 4)
        self.out += b"\x02"
        if isinstance(content, str):
            if content:
                self._text(content)
        else:
            for each in content:
                self.element(*each)
        self.out += b"\x04"


Element = tuple[str, dict[str, str], "list[Element] | str"]


def sysmon_start(number: int, time: str, host: str, data: dict[str, str]) -> Element:
    """The element of one Sysmon event 1."""
    system: list[Element] = [
        ("Provider", {"Name": "Microsoft-Windows-Sysmon"}, ""),
        ("EventID", {}, "1"),
        ("TimeCreated", {"SystemTime": time}, ""),
        ("EventRecordID", {}, str(number)),
        ("Channel", {}, "Microsoft-Windows-Sysmon/Operational"),
        ("Computer", {}, host),
    ]
    named: list[Element] = [("Data", {"Name": name}, value) for name, value in data.items()]
    return ("Event", {}, [("System", {}, system), ("EventData", {}, named)])


def evtx(events: list[Element], per_chunk: int = 20) -> bytes:
    """A whole file."""
    chunks = [_chunk(events[at : at + per_chunk], at + 1) for at in range(0, len(events), per_chunk)]
    head = struct.pack(
        "<8sQQQIHHHH76xI", b"ElfFile\0", 0, len(chunks) - 1, len(events) + 1, 128, 1, 3, 4096, len(chunks), 0
    )
    return (head + struct.pack("<I", zlib.crc32(head[:120]))).ljust(4096, b"\0") + b"".join(chunks)


def _chunk(events: list[Element], first: int) -> bytes:
    body, last = bytearray(), 0
    for number, event in enumerate(events, first):
        last = 512 + len(body)
        writer = _Binary(last + 24)
        writer.element(*event)
        writer.out += b"\0"
        size = 24 + len(writer.out) + 4
        body += struct.pack("<4sIQQ", b"\x2a\x2a\0\0", size, number, EPOCH_SHIFT) + writer.out + struct.pack("<I", size)
    end = first + len(events) - 1
    head = struct.pack(
        "<8sQQQQIIII", b"ElfChnk\0", first, end, first, end, 128, last, 512 + len(body), zlib.crc32(body)
    )
    head = head.ljust(128, b"\0") + b"\0" * 384
    whole = bytearray((head + body).ljust(CHUNK, b"\0"))
    struct.pack_into("<I", whole, 124, zlib.crc32(bytes(whole[:120]) + bytes(whole[128:512])))
    assert len(whole) == CHUNK, "too many events for a chunk"
    return bytes(whole)
