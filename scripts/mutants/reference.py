"""Reads mutants with the reference reader of their format, as a process that answers questions.

    python reference.py PARSER FOLDER

FOLDER holds the files of the seeds: FOLDER/ORIGIN/PART-NAME. A question is a line with the path of a batch: records of
origin and part (two 16-bit numbers), length (32 bits) and bytes of the damaged file. The answer to each record is a line of
JSON: {"values": [{"name", "shape", "digest" | "refusal"}]}, {"choices": [values, ..]} where the format leaves open what the
values are, or {"refusal"}. Digests are those of values.mjs.
"""

import base64
import hashlib
import io
import json
import os
import re
import resource
import struct
import sys
import tempfile
import warnings

import numpy as np

warnings.simplefilter("ignore")
MOST_BYTES = 16 << 30
resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def digest(data):
    return base64.b64encode(hashlib.sha1(data).digest()).decode()[:16]


def numbers(name, array):
    """A value of numbers; other types are refused, as polysem does."""
    array = np.asarray(array)
    if array.dtype.kind not in "iuf" and array.dtype.name not in SMALL_FLOATS:
        return {"name": name, "refusal": f"type {array.dtype}"}
    doubles = np.array(array, dtype="<f8", order="C")
    doubles[np.isnan(doubles)] = np.nan
    return {"name": name, "shape": list(array.shape), "digest": digest(doubles.tobytes())}


def texts(name, values):
    parts = [value if isinstance(value, bytes) else value.encode() for value in values]
    data = b"".join(str(len(part)).encode() + b":" + part for part in parts)
    return {"name": name, "shape": [len(values), "text"], "digest": digest(data)}


def each(names, read):
    """Values of one file, each of which may be refused by itself."""
    found = []
    for name in names:
        try:
            found.append(numbers(name, read(name)))
        except Exception as error:
            found.append({"name": name, "refusal": reason(error)})
    return found


def reason(error):
    return f"{type(error).__name__}: {str(error)[:200]}"


SMALL_FLOATS = {"bfloat16", *(f"float8_{kind}" for kind in "e4m3fn e4m3fnuz e5m2 e5m2fnuz e8m0fnu".split())}


def read_npy(files):
    (name, data), *_ = files.items()
    array = np.load(io.BytesIO(data), allow_pickle=False, max_header_size=1 << 20)
    return [numbers(name.removesuffix(".npy"), array)]


def read_npz(files):
    (data,) = files.values()
    archive = np.load(io.BytesIO(data), allow_pickle=False, max_header_size=1 << 20)
    names = [name.removesuffix(".npy") for name in archive.zip.namelist() if name.endswith(".npy")]
    return each(names, lambda name: archive[name])


def safetensors_types():
    import ml_dtypes

    plain = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BOOL": "?"}
    integers = {f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in [1, 2, 4, 8]}
    small = {
        "BF16": ml_dtypes.bfloat16,
        "F8_E4M3": ml_dtypes.float8_e4m3fn,
        "F8_E5M2": ml_dtypes.float8_e5m2,
        "F8_E8M0": ml_dtypes.float8_e8m0fnu,
        "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
        "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
    }
    return {name: np.dtype(kind) for name, kind in {**plain, **integers, **small}.items()}


def read_safetensors(files):
    import safetensors

    (data,) = files.values()
    tensors = dict(safetensors.deserialize(data))
    types = safetensors_types()

    def read(name):
        tensor = tensors[name]
        return np.frombuffer(tensor["data"], types[tensor["dtype"]]).reshape(tensor["shape"])

    return each(tensors, read)


def read_shards(files):
    index, *_ = files.values()
    places = json.loads(index)["weight_map"]
    values = {}
    for shard in set(places.values()):
        try:
            for value in read_safetensors({shard: files[shard]}):
                values[value["name"], shard] = value
        except Exception:
            pass
    missing = {"refusal": "missing"}
    return [{**values.get(place, missing), "name": place[0]} for place in places.items()]


def read_gguf(files):
    from gguf import GGUFReader
    from gguf.quants import dequantize

    (data,) = files.values()
    # The reader takes a path; in memory, since a batch has thousands.
    with tempfile.NamedTemporaryFile(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as file:
        file.write(data)
        file.flush()
        reader = GGUFReader(file.name)
        tensors = {tensor.name: tensor for tensor in reader.tensors}

        def read(name):
            tensor = tensors[name]
            plain = tensor.tensor_type.name in {"F32", "F16", "F64", "I8", "I16", "I32", "I64"}
            return tensor.data if plain else dequantize(tensor.data, tensor.tensor_type)

        return each(tensors, read)


def plain_pickle():
    """The pickle module, with an Unpickler that calls nothing but what makes tensors, containers and modules of layers."""
    import pickle
    import types

    import torch

    class Net(torch.nn.Module):
        """Stands for the class of a module whose code is not in the file."""

    allowed = re.compile(
        r"torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild_from_type_v2|torch\.(nn\.modules\.linear\.Linear|device|Size"
        r"|u?int\d+|b?float\d+|float8_\w+|bool|complex\d+|\w+Storage|serialization\._get_layout)|collections\.OrderedDict"
        r"|torch\.storage\.\w+|builtins\.(set|frozenset|complex|bytearray)|__builtin__\.set|_codecs\.encode"
        r"|torch\.nn\.parameter\.\w+"
    )

    class Unpickler(pickle.Unpickler):
        def find_class(self, module, name):
            if f"{module}.{name}" == "__main__.Net":
                return Net
            if allowed.fullmatch(f"{module}.{name}") is None:
                raise pickle.UnpicklingError(f"{module}.{name} is not called")
            return super().find_class(module, name)

    return types.SimpleNamespace(__name__="plain", Unpickler=Unpickler, load=pickle.load, loads=pickle.loads)


def read_torch(files):
    import torch

    ((name, data),) = files.items()
    loaded = torch.load(io.BytesIO(data), weights_only=False, map_location="cpu", pickle_module=plain_pickle())
    tensors = {}

    def visit(value, path):
        if isinstance(value, torch.Tensor):
            tensors.setdefault(path or (name.removesuffix(".pt"),), value)
        elif isinstance(value, dict):
            for key, item in value.items():
                visit(item, (*path, str(key)))
        elif isinstance(value, (list, tuple)):
            for key, item in enumerate(value):
                visit(item, (*path, str(key)))
        elif isinstance(value, torch.nn.Module):
            for key, item in value.__dict__.items():
                visit(item, path if key in {"_parameters", "_buffers", "_modules"} else (*path, key))

    visit(loaded, ())
    names = {".".join(path): value for path, value in tensors.items()}

    def read(name):
        tensor = names[name]
        if tensor.is_sparse or tensor.is_complex() or tensor.dtype == torch.bool:
            raise TypeError(f"{tensor.dtype}, {tensor.layout}")
        return tensor.detach().to(torch.float64).contiguous().numpy()

    return each(names, read)


def read_onnx(files):
    import onnx
    from onnx import numpy_helper
    from onnx.reference import ReferenceEvaluator

    (_, data), *_ = files.items()
    model = onnx.load_model_from_string(data)
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value" and node.output:
                stored[node.output[0]] = attribute.t

    def read(name):
        tensor = stored[name]
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            return numpy_helper.to_array(tensor)
        place = {entry.key: entry.value for entry in tensor.external_data}
        begin = int(place.get("offset", 0))
        count = int(np.prod(tensor.dims)) * onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        raw = files[place["location"]][begin : begin + int(place.get("length", count))]
        plain = onnx.TensorProto(dims=tensor.dims, data_type=tensor.data_type, raw_data=raw)
        return numpy_helper.to_array(plain)

    def dequantised(node):
        feeds = {name: read(name) for name in node.input if name}
        return ReferenceEvaluator(node).run(None, feeds)[0]

    values = each(stored, lambda name: widened(read(name)))
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.output and all(n in stored for n in node.input if n):
            values += each([node.output[0]], lambda _: dequantised(node))
    return values


def widened(array):
    """4-bit integers as ordinary ones."""
    return array.astype(np.int32) if array.dtype.name in {"int4", "uint4"} else array


def read_parquet(files):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (data,) = files.values()
    file = pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True)

    def read(columns=None):
        table = file.read(columns, use_threads=False)
        return [column_value(pa.types, name, column) for name, column in zip(table.column_names, table.columns)]

    try:
        return read()
    except Exception:
        # Damage in one column leaves the others readable.
        values = []
        for name in file.schema_arrow.names:
            try:
                values += read([name])
            except Exception as error:
                values.append({"name": name, "refusal": reason(error)})
        return values


def column_value(types, name, column):
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind, cells = column.type, column.to_pylist()
    if types.is_string(kind) or types.is_binary(kind) or types.is_large_string(kind):
        return texts(name, ["" if cell is None else cell for cell in cells])
    if types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind):
        doubles = [float("nan") if cell is None else float(cell) for cell in cells]
        return numbers(name, np.array(doubles, dtype="f8"))
    return {"name": name, "refusal": f"type {kind}"}


def read_mat(files):
    import scipy.io

    (data,) = files.values()
    loaded = scipy.io.loadmat(io.BytesIO(data))
    found = []
    for name, value in loaded.items():
        if isinstance(value, np.ndarray):
            found.append(numbers(name, value))
        elif not name.startswith("__"):
            found.append({"name": name, "refusal": str(type(value))})
    return found


def csv_text(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def csv_rows(text, delimiter, spaces=False):
    """The rows of a text, without blank lines; `spaces` before a quote may be left out."""
    import csv

    if delimiter == " ":
        return [line.split() for line in text.split("\n") if line.strip()]
    end = "\r" if "\n" not in text else "\n"
    lines = io.StringIO(text.replace(end, "\n") if end == "\r" else text, newline="")
    rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=spaces)
    return [row for row in rows if len(row) > 1 or "".join(row).strip()]


BLANKS = " \t\r\n\f\v\xa0\ufeff"
# Texts that polysem writes behind an apostrophe.
PROTECTED = re.compile(
    r"'+(?:[=+\-@\t\r].*|#N/A(?: N/A)?|#NA|1\.#(?:IND|QNAN)|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null)", re.S
)
MISSING = {"", "nan", "+nan", "-nan", "na", "n/a", "#n/a", "null", "none"}


def cell_number(cell, comma=False):
    """The number in a cell, NaN if it is missing; ValueError if it is text."""
    text = cell.strip(BLANKS)
    if text.lower() in MISSING:
        return float("nan")
    return float(text.replace(",", ".") if comma else text)


def columns_of(head, rows):
    """Each column as text and, where that is possible, as numbers."""
    choices = []
    for name, cells in zip(head, zip(*rows)):
        choices.append(texts(name, cells))
        plain = [cell[1:] if PROTECTED.fullmatch(cell) else cell for cell in cells]
        choices.append(texts(name, plain))
        for comma in [False, True]:
            try:
                choices.append(numbers(name, [cell_number(cell, comma) for cell in cells]))
            except ValueError:
                pass
    return choices


def read_csv_table(files):
    """All columns that any of the usual separators gives; polysem must give some of them."""
    (data,) = files.values()
    text = csv_text(data)
    choices = []
    for delimiter, spaces in [(mark, spaces) for mark in ",;\t" for spaces in [False, True]]:
        rows = csv_rows(text, delimiter, spaces)
        for begin in range(min(len(rows) - 1, 4)):
            head, body = [name.strip(BLANKS) for name in rows[begin]], rows[begin + 1 :]
            wide = ["", *head]
            for names in [head, wide]:
                if all(len(row) == len(names) for row in body):
                    choices.append(columns_of(names, body))
    return choices


def read_csv_matrix(files):
    """All matrices that any separator gives, with and without the first rows and columns."""
    ((name, data),) = files.items()
    text = csv_text(data)
    kept = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    choices = []
    for delimiter in [",", ";", "\t", " "]:
        for source in [text, kept]:
            rows = csv_rows(source, delimiter)
            for top in [0, 1]:
                for left in [0, 1, 2]:
                    for comma in [False, True]:
                        try:
                            block = [[cell_number(c, comma) for c in row[left:]] for row in rows[top:]]
                            choices.append([numbers(name[:-4], np.array(block, dtype="f8"))])
                        except ValueError:
                            pass
    return choices


READERS = {
    "npy": read_npy,
    "npz": read_npz,
    "safetensors": read_safetensors,
    "shards": read_shards,
    "gguf": read_gguf,
    "torch": read_torch,
    "onnx": read_onnx,
    "parquet": read_parquet,
    "mat": read_mat,
    "csv-table": read_csv_table,
    "csv-matrix": read_csv_matrix,
}


def answer(parser, files):
    try:
        values = READERS[parser](files)
    except BaseException as error:
        return {"refusal": reason(error)}
    if parser.startswith("csv"):
        return {"choices": values}
    return {"values": [{**value, "name": text_of(value["name"])} for value in values]}


def text_of(name):
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def load_seeds(folder):
    seeds = {}
    for path in sorted(os.listdir(folder), key=int):
        parts = sorted(os.listdir(f"{folder}/{path}"), key=lambda name: int(name.split("-")[0]))
        seeds[int(path)] = [(name.split("-", 1)[1], open(f"{folder}/{path}/{name}", "rb").read()) for name in parts]
    return seeds


def records(path):
    data = open(path, "rb").read()
    at = 0
    while at < len(data):
        origin, part, length = struct.unpack_from("<HHI", data, at)
        yield origin, part, data[at + 8 : at + 8 + length]
        at += 8 + length


def main(parser, folder):
    seeds = load_seeds(folder)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        path, first = line.rstrip("\n").rsplit(" ", 1)
        for number, (origin, part, damaged) in enumerate(records(path)):
            if number < int(first):
                continue
            files = dict(seeds[origin])
            files[seeds[origin][part][0]] = damaged
            print(json.dumps(answer(parser, files)), file=out, flush=True)


main(*sys.argv[1:])
