"""Writes png.json: PNG files of every colour type, depth, filter and interlacing, with the pixels that must come out.

The files are put together here from Python's zlib and the text of the PNG specification, not with an image library.
Run in this folder: python3 make_png.py
"""
import base64
import json
import random
import struct
import zlib

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", s) for s in samples)
    bits = "".join(format(s, f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(kind, row, above, distance):
    out = bytearray()
    for i, value in enumerate(row):
        a = row[i - distance] if i >= distance else 0
        b = above[i]
        c = above[i - distance] if i >= distance else 0
        guess = [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]
        out.append((value - guess) % 256)
    return bytes([kind]) + bytes(out)


def png(width, height, depth, color, pixels, interlaced=False, palette=None, transparency=None, pieces=1, extra=b""):
    """pixels[y][x]: a list of samples."""
    distance = max(1, SAMPLES[color] * depth // 8)
    raw, kind = b"", 0
    for y0, x0, sy, sx in (PASSES if interlaced else [(0, 0, 1, 1)]):
        columns, above = range(x0, width, sx), None
        if not columns:
            continue
        for y in range(y0, height, sy):
            row = pack_row([s for x in columns for s in pixels[y][x]], depth)
            raw += filtered(kind % 5, row, above or bytes(len(row)), distance)
            above, kind = row, kind + 1
    packed = zlib.compress(raw, 9)
    step = -(-len(packed) // pieces)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced)))
    data += chunk(b"gAMA", struct.pack(">I", 45455)) + extra
    if palette is not None:
        data += chunk(b"PLTE", bytes(v for entry in palette for v in entry))
    if transparency is not None:
        data += chunk(b"tRNS", transparency)
    for i in range(0, len(packed), step):
        data += chunk(b"IDAT", packed[i:i + step])
    return data + chunk(b"IEND", b"")


def to_byte(sample, depth):
    return (sample + 128) // 257 if depth == 16 else sample * (255 // ((1 << depth) - 1))


def case(rng, name, width, height, depth, color, interlaced=False, alpha=False, pieces=1):
    top = (1 << depth) - 1
    palette = transparency = None
    if color == 3:
        entries = min(1 << depth, 11)
        palette = [[rng.randrange(256) for _ in range(3)] for _ in range(entries)]
        alphas = [rng.randrange(256) for _ in range(entries // 2 + 1)]
        pixels = [[[rng.randrange(entries)] for _ in range(width)] for _ in range(height)]
        if alpha:
            transparency = bytes(alphas)
            alphas += [255] * (entries - len(alphas))
            out = [v for row in pixels for (p,) in row for v in palette[p] + [alphas[p]]]
        else:
            out = [v for row in pixels for (p,) in row for v in palette[p]]
        channels = 4 if alpha else 3
    else:
        n = SAMPLES[color]
        # Neighbours are alike, so that every filter has something to guess.
        pixels = [[[(rng.randrange(1 + top // 3) + (x + y + 5 * c) * top // (width + height + 20)) % (top + 1) for c in range(n)]
                   for x in range(width)] for y in range(height)]
        out, channels = [], n
        key = pixels[height // 2][width // 2]
        if alpha:
            transparency = b"".join(struct.pack(">H", s) for s in key)
            channels += 1
        for row in pixels:
            for p in row:
                out += [to_byte(s, depth) for s in p]
                if alpha:
                    out.append(0 if p == key else 255)
    data = png(width, height, depth, color, pixels, interlaced, palette, transparency, pieces,
               chunk(b"tEXt", b"Comment\0made by make_png.py"))
    return {"name": name, "png": base64.b64encode(data).decode(), "width": width, "height": height, "channels": channels,
            "pixels": base64.b64encode(bytes(out)).decode()}


def main():
    rng = random.Random(5)
    cases = []
    names = {0: "gray", 2: "rgb", 3: "palette", 4: "gray alpha", 6: "rgba"}
    depths = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
    for color, name in names.items():
        for depth in depths[color]:
            for interlaced in (False, True):
                width, height = rng.randrange(5, 14), rng.randrange(6, 12)
                cases.append(case(rng, f"{name} {depth}{' interlaced' if interlaced else ''}", width, height, depth, color, interlaced))
    for color, depth in ((0, 2), (0, 8), (0, 16), (2, 8), (2, 16), (3, 4), (3, 8)):
        cases.append(case(rng, f"{names[color]} {depth} with transparency", 9, 7, depth, color, alpha=True))
    cases.append(case(rng, "in five pieces", 13, 11, 8, 2, pieces=5))
    cases.append(case(rng, "one pixel", 1, 1, 8, 0))
    for side in range(1, 9):
        cases.append(case(rng, f"interlaced {side} x {9 - side}", side, 9 - side, 4, 0, interlaced=True))
    with open("png.json", "w") as file:
        json.dump(cases, file, indent=0)
        file.write("\n")


main()
