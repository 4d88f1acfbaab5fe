"""Initial weights and rows made by a formula, so that PyTorch and our programs start from the same bits without a stored file.

Element i (row-major) of a tensor with seed s is (top 24 bits of splitmix64(s * 2^32 + i) - 2^23) / 2^23 * limit, where limit is a
power of two: exact in float32. Biases are zero.
"""
import array
import json
import struct

MASK = (1 << 64) - 1


def splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def kernel(seed, elements, limit):
    """`elements` floats in [-limit, limit)."""
    scale = limit / (1 << 23)
    return array.array("f", (((splitmix64((seed << 32) + i) >> 40) - (1 << 23)) * scale for i in range(elements)))


def network(sizes):
    """{name: (shape, values)} of dense layers: hidden (or hidden_1, hidden_2, ...) and logits; sizes [784, 64, 10]."""
    tensors = {}
    for k, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        last = k == len(sizes) - 2
        name = "logits" if last else "hidden" if len(sizes) == 3 else f"hidden_{k + 1}"
        limit = 2.0 ** -2 if last else 2.0 ** -4
        tensors[f"{name}.kernel"] = ([rows, columns], kernel(k + 1, rows * columns, limit))
        tensors[f"{name}.bias"] = ([columns], array.array("f", bytes(4 * columns)))
    return tensors


def rows(count, kind):
    """(count x 20 features, targets): "values" or "labels" 0 and 1, a function of the features that a small network can learn."""
    x = kernel(100, count * 20, 1.0)
    values = array.array("f", (2 * x[20 * k] * x[20 * k + 1] + 0.5 * x[20 * k + 2] for k in range(count)))
    return x, values if kind == "values" else array.array("f", (float(value > 0) for value in values))


def write_npy(path, shape, values):
    """A .npy file, version 1.0: float32 of array("f"), bytes of array("B")."""
    header = repr({"descr": {"f": "<f4", "B": "|u1"}[values.typecode], "fortran_order": False, "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        out.write(values.tobytes())


def write_safetensors(path, tensors):
    """The safetensors format: 8 bytes header length, JSON header, raw little-endian data."""
    header, offset = {}, 0
    for name, (shape, values) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + 4 * len(values)]}
        offset += 4 * len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for _, values in tensors.values():
            out.write(values.tobytes())


def read_safetensors(path):
    """{name: (shape, raw bytes)}."""
    with open(path, "rb") as source:
        data = source.read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    return {
        name: (entry["shape"], body[entry["data_offsets"][0] : entry["data_offsets"][1]])
        for name, entry in header.items()
        if name != "__metadata__"
    }
