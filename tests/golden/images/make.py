"""Makes the JPEG and PNG files of this folder and expected.npz: what TensorFlow's decode_image and image.resize make of them.

usage: python make.py        (needs tensorflow-cpu and numpy; run in this folder; made with TensorFlow 2.21)

Members of expected.npz are named FILE@HEIGHTxWIDTHxCHANNELS, with a trailing "a" where antialias=True, and rounded to bytes. One thing is
not TensorFlow's: files with an EXIF orientation are turned upright after decoding (TensorFlow ignores it).
"""
import pathlib
import struct
import zlib

import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 47, 61


def picture(height, width, seed=1):
    """Smooth colours, sharp edges and a little noise."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / width
    green = 127 + 120 * np.sin(x / 5 + y / 9)
    blue = np.where((x - width / 2) ** 2 + (y - height / 3) ** 2 < (height / 4) ** 2, 230, 40)
    noise = np.random.default_rng(seed).normal(0, 8, (height, width, 3))
    return np.clip(np.stack([red, green, blue], -1) + noise, 0, 255).astype(np.uint8)


# ---- writing what TensorFlow cannot write


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def packed_rows(samples, depth):
    """Rows [height, width, channels] as PNG scanlines without filter."""
    rows = []
    for row in samples:
        flat = row.reshape(-1)
        if depth < 8:
            per = 8 // depth
            flat = np.pad(flat, (0, -len(flat) % per)).reshape(-1, per)
            flat = sum(flat[:, i].astype(np.uint8) << (8 - depth * (i + 1)) for i in range(per))
        rows.append(b"\0" + flat.astype(np.uint8).tobytes())
    return b"".join(rows)


def png(samples, color, depth, extra=(), interlaced=False):
    height, width = samples.shape[:2]
    data = packed_rows(samples, depth)
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        data = b"".join(packed_rows(samples[y::dy, x::dx], depth) for y, x, dy, dx in passes if samples[y::dy, x::dx].size)
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(*e) for e in extra) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def exif(orientation, order):
    tag = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    other = struct.pack(order + "HHII", 0x0100, 4, 1, 30)
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", 2) + other + tag + struct.pack(order + "I", 0)


def with_exif(jpeg, orientation, order):
    content = b"Exif\0\0" + exif(orientation, order)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def upright(image, orientation):
    turns = {
        1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, -1), 7: lambda a: a[::-1, ::-1].transpose(1, 0, 2), 8: lambda a: np.rot90(a, 1),
    }  # fmt: skip
    return turns[orientation](image)


# ---- the files


def jpegs():
    rgb, small = picture(HEIGHT, WIDTH), picture(20, 30, seed=2)
    yield "420.jpg", tf.io.encode_jpeg(rgb, quality=90).numpy()
    yield "444.jpg", tf.io.encode_jpeg(rgb, quality=90, chroma_downsampling=False).numpy()
    yield "progressive.jpg", tf.io.encode_jpeg(rgb, quality=85, progressive=True).numpy()
    yield "poor.jpg", tf.io.encode_jpeg(rgb, quality=25).numpy()
    yield "grey.jpg", tf.io.encode_jpeg(rgb[..., :1], format="grayscale", quality=90).numpy()
    base = tf.io.encode_jpeg(small, quality=85).numpy()
    for orientation in range(1, 9):
        yield f"exif{orientation}.jpg", with_exif(base, orientation, "<>"[orientation % 2])


def pngs():
    rgb = picture(HEIGHT, WIDTH, seed=3)
    grey, alpha = rgb[..., 1:2], rgb[..., :1]
    fine = rgb.astype(np.uint16) * 257 + np.arange(WIDTH, dtype=np.uint16)[None, :, None]
    palette = np.random.default_rng(4).integers(0, 256, (16, 3), dtype=np.uint8)
    indices = grey // 16
    colours, opacity = (b"PLTE", palette.tobytes()), (b"tRNS", bytes(range(0, 256, 16)))
    yield "rgb.png", tf.io.encode_png(rgb).numpy()
    yield "grey.png", tf.io.encode_png(grey).numpy()
    yield "alpha.png", tf.io.encode_png(np.concatenate([rgb, alpha], -1)).numpy()
    yield "grey_alpha.png", tf.io.encode_png(np.concatenate([grey, alpha], -1)).numpy()
    yield "rgb16.png", tf.io.encode_png(fine).numpy()
    yield "grey16.png", tf.io.encode_png(fine[..., :1]).numpy()
    yield "palette.png", png(indices, 3, 4, [colours])
    yield "palette_alpha.png", png(indices, 3, 4, [colours, opacity])
    yield "one_bit.png", png(grey // 128, 0, 1)
    yield "grey_key.png", png(grey, 0, 8, [(b"tRNS", struct.pack(">H", 40))])
    yield "interlaced.png", png(rgb, 2, 8, interlaced=True)
    small = picture(20, 30, seed=2)
    yield "exif6.png", png(small, 2, 8, [(b"eXIf", exif(6, ">"))])


def decoded(name, content, channels):
    image = tf.io.decode_image(content, channels=channels, expand_animations=False).numpy()
    return upright(image, int(name[4])) if name.startswith("exif") else image


def expectations(name, content):
    plain = [(20, 26, 3, False), (20, 26, 1, False)]
    more = [(60, 90, 3, False), (47, 61, 3, False), (11, 9, 3, True), (50, 30, 1, True)]
    for height, width, channels, antialias in plain + (more if name in ("420.jpg", "444.jpg", "exif6.jpg", "rgb.png", "grey.png") else []):
        image = decoded(name, content, channels).astype(np.float32)
        resized = tf.image.resize(image, (height, width), method="bilinear", antialias=antialias)
        resized = np.rint(resized.numpy()).astype(np.uint8)
        yield f"{name}@{height}x{width}x{channels}{'a' if antialias else ''}", resized


def main():
    expected = {}
    for name, content in [*jpegs(), *pngs()]:
        (HERE / name).write_bytes(content)
        expected.update(expectations(name, content))
    np.savez_compressed(HERE / "expected.npz", **expected)


if __name__ == "__main__":
    main()
