"""LEGO's framing: COBS that spares three byte values, an XOR, and a delimiter (LEGO/spike-prime-docs, encoding.rst)."""

END, PRIORITY = 0x02, 0x01
"""End of a message; start of one with high priority."""
MASK = 0x03
BLOCK = 84
"""Bytes of the longest block, its code word included."""
FULL = 0xFF
"""Code word of a block of 84 further bytes that no spared value ends."""
OFFSET = 2
MOST_FRAME = 16_384
"""Bytes of an unfinished message that are kept; more is thrown away with it."""


class BadFrame(ValueError):
    """Bytes that are no frame of this protocol."""


def encode(data: bytes) -> bytes:
    """Replace the values 0, 1 and 2 by code words; never empty."""
    out = bytearray([FULL])
    code, block = 0, 1
    for byte in data:
        if byte > END:
            out.append(byte)
            block += 1
        if byte <= END:
            out[code] = block + OFFSET + byte * BLOCK
        if byte <= END or block > BLOCK:
            code, block = len(out), 1
            out.append(FULL)
    out[code] = block + OFFSET
    return bytes(out)


def decode(data: bytes) -> bytes:
    """The inverse of `encode`. Raises `BadFrame`."""
    out = bytearray()
    at = 0
    while at < len(data):
        value, length = _code(data[at])
        block = data[at + 1 : at + length]
        if any(byte <= END for byte in block):
            raise BadFrame("a spared value within a block")
        out += block
        at += length
        if at < len(data) and value is not None:
            out.append(value)
    if not data or at != len(data):
        raise BadFrame("a block is cut off")
    return bytes(out)


def _code(word: int) -> tuple[int | None, int]:
    """The value that ends the block, and the block's length with its code word."""
    if word <= END:
        raise BadFrame("a spared value where a code word belongs")
    if word == FULL:
        return None, BLOCK + 1
    value, length = divmod(word - OFFSET - 1, BLOCK)
    return value, length + 1


def pack(message: bytes) -> bytes:
    """The frame that carries a message."""
    return bytes(byte ^ MASK for byte in encode(message)) + bytes([END])


def unpack(frame: bytes) -> bytes:
    """The message in one frame. Raises `BadFrame`."""
    if not frame or frame[-1] != END:
        raise BadFrame("no end")
    return decode(bytes(byte ^ MASK for byte in frame[frame[0] == PRIORITY : -1]))


class Deframer:
    """Puts packets together to messages; a message of high priority may interrupt another one."""

    def __init__(self) -> None:
        self._low, self._high = bytearray(), bytearray()
        self._is_high = False

    def feed(self, packet: bytes) -> list[bytes]:
        """The messages that are complete now. Raises `BadFrame`; the broken message is dropped then."""
        done = []
        for byte in packet:
            if byte == PRIORITY:
                self._is_high = True
                self._high.clear()
            elif byte == END:
                done.append(self._finish())
            else:
                (self._high if self._is_high else self._low).append(byte)
                self._bound()
        return [message for message in done if message]

    def _finish(self) -> bytes:
        """An end without a message is the start of one of low priority."""
        waiting = self._high if self._is_high else self._low
        self._is_high = False
        frame = bytes(waiting)
        waiting.clear()
        return unpack(frame + bytes([END])) if frame else b""

    def _bound(self) -> None:
        if len(self._low) + len(self._high) > MOST_FRAME:
            self._low.clear()
            self._high.clear()
            raise BadFrame("a message without an end")
