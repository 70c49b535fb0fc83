"""Matching text and literal search, a second time: interface.md's rule in Python, sharing
no line, table or data structure with the program.

Case folding and NFKC come from Python's own Unicode data; traditional to simplified from
ICU's transliterator, asked one character at a time through ctypes; script Han and the
default-ignorable characters from the lists of Unicode's Scripts.txt and
DerivedCoreProperties.txt below.
"""
import bisect
import ctypes
import ctypes.util
import functools
import re
import unicodedata

# Scripts.txt (15.0), script Han; and U+3007, which interface.md counts as Han.
HAN = [(0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007),
       (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D),
       (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF),
       (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0),
       (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF)]
IGNORABLE = re.compile(
    '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164'
    '\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]')


class Simplifier:
    """ICU's Traditional-Simplified, character by character, followed to its end; a circle
    stands for its smallest member."""

    def __init__(self):
        path = ctypes.util.find_library('icui18n')
        version = re.search(r'\.so\.(\d+)', path).group(1)
        icu = ctypes.CDLL(path)
        opened = getattr(icu, 'utrans_openU_' + version)
        opened.restype = ctypes.c_void_p
        self.turn = getattr(icu, 'utrans_transUChars_' + version)
        error = ctypes.c_int(0)
        name = 'Traditional-Simplified'.encode('utf-16-le')
        self.handle = ctypes.c_void_p(opened(name, len(name) // 2, 0, None, 0, None, ctypes.byref(error)))
        if error.value > 0:
            raise OSError(f'ICU has no Traditional-Simplified: error {error.value}')

    def step(self, c):
        raw = c.encode('utf-16-le')
        text = ctypes.create_string_buffer(raw, 64)
        length, limit, error = ctypes.c_int(len(raw) // 2), ctypes.c_int(len(raw) // 2), ctypes.c_int(0)
        self.turn(self.handle, text, ctypes.byref(length), 32, 0, ctypes.byref(limit), ctypes.byref(error))
        out = text.raw[:length.value * 2].decode('utf-16-le')
        return out if error.value <= 0 and len(out) == 1 else c

    @functools.lru_cache(None)
    def simple(self, c):
        seen = [c]
        while True:
            after = self.step(seen[-1])
            if after == seen[-1]:
                return after
            if after in seen:
                return min(seen[seen.index(after):])
            seen.append(after)


_simplifier = Simplifier()


@functools.lru_cache(None)
def is_han(c):
    at = bisect.bisect_right(HAN, (ord(c), 0x110000)) - 1
    return at >= 0 and HAN[at][0] <= ord(c) <= HAN[at][1]


@functools.lru_cache(None)
def is_word(c):
    return not is_han(c) and unicodedata.category(c)[0] in 'LNM'


@functools.lru_cache(None)
def is_space(c):
    return unicodedata.category(c) in ('Zs', 'Zl', 'Zp', 'Cc')


@functools.lru_cache(None)
def unify(c):
    if c in '\u301C\u223C\uFF5E':
        return '~'
    if c == '\u2212' or unicodedata.category(c) == 'Pd':
        return '-'
    return _simplifier.simple(c)


def fold(text):
    """Unicode's toNFKC_Casefold."""
    text = text.replace('\u00D7', 'x')
    while True:
        after = IGNORABLE.sub('', text)
        after = unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', after).casefold())
        if after == text:
            return text
        text = after


def matching_text(text):
    chars = [unify(c) for c in fold(text)]
    out, blank = [], False
    for c in chars:
        if is_space(c):
            blank = bool(out)
            continue
        if blank and not is_han(out[-1]) and not is_han(c):
            out.append(' ')
        out.append(c)
        blank = False
    return ''.join(out)


def is_searchable(norm):
    return any(is_han(c) or is_word(c) for c in norm)


class Texts:
    """Values of records, all in one string; nothing matches across two of them."""

    def __init__(self):
        self.parts, self.starts, self.owner, self.length, self.all = ['\n'], [], [], 1, None

    def add(self, record, value):
        norm = matching_text(value)
        self.starts.append(self.length)
        self.owner.append(record)
        self.parts.append(norm + '\n')
        self.length += len(norm) + 1

    def find(self, needle):
        """Which records hold the needle without cutting a token: a set."""
        if self.all is None:
            self.all = ''.join(self.parts)
        found, t, at = set(), self.all, 0
        first, last = is_word(needle[0]), is_word(needle[-1])
        while True:
            at = t.find(needle, at)
            if at < 0:
                return found
            end = at + len(needle)
            if (first and is_word(t[at - 1])) or (last and is_word(t[end])):
                at += 1
                continue
            value = bisect.bisect_right(self.starts, at) - 1
            found.add(self.owner[value])
            at = self.starts[value + 1] if value + 1 < len(self.starts) else len(t)
