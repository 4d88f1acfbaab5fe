"""Checkpoints of a run, read and written outside the program: runtime/include/ingot/runtime/train/checkpoint.hpp describes the file."""
import json
import pathlib
import struct
import zlib

MAGIC, VERSION, PREFIX = b"INGOTCKP", 1, 16


def path(out):
    return pathlib.Path(out) / "checkpoint" / "state.ingot"


def read(out):
    """(header, {block: (dims, raw bytes)}) of the checkpoint in a folder of `train`."""
    data = path(out).read_bytes()
    version, length = struct.unpack("<II", data[len(MAGIC) : PREFIX])
    if data[: len(MAGIC)] != MAGIC or version != VERSION:
        raise ValueError(f"{path(out)} is no checkpoint of version {VERSION}")
    header = json.loads(data[PREFIX : PREFIX + length])
    body, blocks = data[PREFIX + length : -4], {}
    for block in header["blocks"]:
        size = 8 if block["dtype"] == 1 else 4  # f64, or f32
        for extent in block["dims"]:
            size *= extent
        blocks[block["name"]] = (block["dims"], body[block["offset"] : block["offset"] + size])
    return header, blocks


def write(out, header, blocks):
    """The same blocks, of the same sizes, with other contents."""
    text = json.dumps(header).encode()
    body = b"".join(blocks[block["name"]][1] for block in header["blocks"])
    data = MAGIC + struct.pack("<II", VERSION, len(text)) + text + body
    path(out).write_bytes(data + struct.pack("<I", zlib.crc32(data)))
