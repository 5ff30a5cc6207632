"""Reads rnnpipe's tensor streams into numpy arrays: zstd frames, each one a safetensors document of rows."""

import numpy as np
import zstandard
from safetensors.numpy import load

SKIPPABLE = range(0x184D2A50, 0x184D2A60)
SEEK_TABLE = 0x184D2A5E


def read_stream(path):
    """The columns of the stream in file `path`, by name, without side tensors."""
    with open(path, "rb") as file:
        documents = [load(frame) for frame in _frames(file.read(), path)]
    names = [name for name in documents[0] if not name.startswith("rnn.")]
    return {name: np.concatenate([document[name] for document in documents]) for name in names}


def _frames(data, path):
    """The contents of the data frames; raises ValueError if the end mark is missing."""
    position, magic = 0, None
    while position < len(data):
        magic = int.from_bytes(data[position : position + 4], "little")
        if magic in SKIPPABLE:
            position += 8 + int.from_bytes(data[position + 4 : position + 8], "little")
            continue
        frame = zstandard.ZstdDecompressor().decompressobj()
        yield frame.decompress(data[position:])
        position = len(data) - len(frame.unused_data)
    if magic != SEEK_TABLE or position != len(data):
        raise ValueError(f"{path}: the stream is cut short (make it again)")
