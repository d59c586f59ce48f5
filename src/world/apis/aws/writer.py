"""Numbers and texts one after another: what `model/bytes.rs` reads."""


def coded(number):
    """A number, seven bits a byte."""
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


class Writer:
    """Bytes, and between them texts, which get their numbers when all texts are known."""

    def __init__(self):
        self.out = []

    def number(self, number):
        self.out.append(coded(number))

    def text(self, text):
        self.out.append((text, 0))

    def maybe(self, text):
        """A text or nothing."""
        self.out.append(coded(0) if text is None else (text, 1))

    def long(self, text):
        data = text.encode()
        self.out += [coded(len(data)), data]

    def list(self, items, write):
        self.number(len(items))
        for item in items:
            write(item)

    def texts(self):
        return [item[0] for item in self.out if isinstance(item, tuple)]

    def written(self, common):
        """The texts that are not common go before, in the order in which they are used: the first use of each is 0."""
        own, out = {}, bytearray()
        for item in self.out:
            if isinstance(item, bytes):
                out += item
                continue
            text, nothing = item
            if text in common:
                number = 2 * common[text] + 1
            else:
                number = 2 * own[text] + 2 if text in own else 0
                own.setdefault(text, len(own))
            out += coded(number + nothing)
        return table(own) + out


def table(texts):
    return b"".join([coded(len(texts)), *(coded(len(text.encode())) for text in texts), "".join(texts).encode()])
