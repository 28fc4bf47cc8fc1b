"""Labelled structures: extxyz, NumPy archives and input.data. Their number is known, and none may be dropped."""

import io
import re
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from campaign.fuzz.case import Case, Command, Reader, SilentLoss, chosen_way
from campaign.fuzz.inputs.mutate import ENCODINGS, edited_bytes, edited_text

UNITS = {"energy": "hartree", "length": "bohr"}

WORDS = ("--energy-unit", "hartree", "--length-unit", "bohr")

HARMLESS = ("CRLF", "UTF-8 mark", "blank lines at the end", "blanks at the ends of lines", "tabs")


def numbers(source: Random, count: int) -> list[list[float]]:
    """Random coordinates or forces."""
    return [[round(source.uniform(-1, 1), 6) for _ in range(3)] for _ in range(count)]


SPECIES = (("O", "H", "H"), ("Li", "H"), ("H",), ("C", "O", "O"))


def extxyz(source: Random) -> str:
    """One to five structures, with labels named as programs name them."""
    species = source.choice(SPECIES)
    energy, forces = source.choice((("energy", "forces"), ("REF_energy", "REF_forces"), ("energy", None)))
    extra = source.choice(("", ' pbc="F F F"', " config_type=test", ' comment="a b"'))
    lines = []
    for k in range(source.randint(1, 5)):
        columns = "species:S:1:pos:R:3" + (f":{forces}:R:3" if forces else "")
        lines += [str(len(species)), f"Properties={columns} {energy}={-10 - k / 8}{extra}"]
        for symbol, xyz, pull in zip(species, numbers(source, 9), numbers(source, 9), strict=False):
            lines.append(" ".join([symbol, *map(str, xyz), *(map(str, pull) if forces else ())]))
    return "\n".join(lines) + "\n"


def input_data(source: Random) -> str:
    """One to five blocks."""
    species = source.choice(SPECIES)
    lines = []
    for k in range(source.randint(1, 5)):
        lines += ["begin", f"comment number {k}"]
        for symbol, xyz, pull in zip(species, numbers(source, 9), numbers(source, 9), strict=False):
            lines.append("atom " + " ".join([*map(str, xyz), symbol, "0.0", "0.0", *map(str, pull)]))
        lines += [f"energy {-10 - k / 8}", "charge 0.0", "end"]
    return "\n".join(lines) + "\n"


def arrays(source: Random) -> dict[str, Any]:
    """An archive with the names of sGDML or of rMD17."""
    charges = source.choice(([8, 1, 1], [3, 1], [1]))
    count = source.randint(1, 5)
    z, r, e, f = source.choice((("z", "R", "E", "F"), ("nuclear_charges", "coords", "energies", "forces")))
    out: dict[str, Any] = {
        z: np.array(charges),
        r: np.array([numbers(source, len(charges)) for _ in range(count)]),
        e: np.array([-10.0 - k / 8 for k in range(count)]).reshape(source.choice(((count,), (count, 1)))),
        f: np.array([numbers(source, len(charges)) for _ in range(count)]),
    }
    return out | source.choice(
        ({}, {}, {"e_unit": np.array("hartree"), "r_unit": np.array("bohr")}, {"name": np.array("x")})
    )


def harmless(text: str, name: str) -> bytes:
    """The text with another look and the same meaning."""
    if name in ENCODINGS:
        return ENCODINGS[name](text)
    if name == "blank lines at the end":
        return text.encode() + b"\n\n"
    if name == "tabs":
        return text.encode().replace(b"0.0 ", b"0.0\t")
    return text.encode().replace(b"\n", b"  \n")


def text_maker(name: str, write: Any, ways: dict[str, int]):
    """The function that makes files of a text format."""

    def make(source: Random) -> Case:
        text, others = write(source), [write(source) for _ in range(2)]
        way = chosen_way(source, ways)
        choice, same_as = source.random(), None
        if choice < 0.7:
            content, how = edited_text(text, source, others)
        elif choice < 0.88:
            content, how = edited_bytes(text.encode(), source, [other.encode() for other in others])
        else:
            look = source.choice(HARMLESS)
            content, how, same_as = harmless(text, look), (look,), text.encode()
        return Case({name: content}, name, way, how, same_as)

    return make


def archive(content: dict[str, Any], compress: bool = False) -> bytes:
    """The bytes of an archive, always the same; what an archive cannot hold without pickles is left out."""
    buffer = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(buffer, **content)
    return buffer.getvalue()


def edited_arrays(content: dict[str, Any], source: Random) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give arrays other types and shapes or odd numbers, or leave some out."""
    out, how = dict(content), []
    for _ in range(source.choice((1, 1, 2, 3))):
        name = source.choice(list(out) or ["x"])
        edit = source.choice(
            ("type", "type", "shape", "shape", "missing", "number", "names", "added", "other")
        )
        value = np.asarray(out.get(name, 0.0))
        if edit == "type":
            kind = source.choice(
                (
                    "f2",
                    "f4",
                    ">f8",
                    "i1",
                    "u1",
                    ">i4",
                    "c16",
                    "U5",
                    "S5",
                    "?",
                    "M8[s]",
                    "m8[ns]",
                    "O",
                    "i8",
                    "f8",
                    "g",
                )
            )
            with np.errstate(all="ignore"):
                out[name] = _as_type(value, kind)
        elif edit == "shape":
            out[name] = source.choice((
                value[None], value.reshape(-1), value[..., None], value[:0], value[:1], value.T,
                np.array(value.reshape(-1)[:1]).reshape(()) if
                value.size else value, np.concatenate([value.reshape(-1)] * 3), np.zeros((0, 3)), np.zeros((1,) * 20),
            )) if value.ndim else np.array([value, value])  # fmt: skip
        elif edit == "missing":
            out.pop(name, None)
        elif edit == "number" and value.size and value.dtype.kind in "fiu":
            changed = value.astype(float)
            changed.reshape(-1)[source.randrange(value.size)] = source.choice(
                (np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-320, 0.5, -1, 0, 119, 1e18)
            )
            out[name] = changed if source.random() < 0.5 else _as_type(changed, "i8")
        elif edit == "names":
            out[name.lower() + "x" if source.random() < 0.5 else name.swapcase()] = out.pop(name, value)
        elif edit == "added":
            added = source.choice(("e_unit", "r_unit", "F", "forces", "E", "pbc", "lattice", "cell", "file_"))
            out[added] = source.choice((
                np.array("kcal/mol"), np.array("furlong"), np.array([]), np.zeros((2, 3, 3)), np.eye(3),
                np.array([True] * 3), np.array(b"eV"), value,
            ))  # fmt: skip
        elif edit == "other":
            out[name] = np.zeros(source.choice(((1,), (3,), (4, 3), (2, 3, 3), (200_000,))))
        how.append(f"array {edit}")
    return out, tuple(how)


def _as_type(value: Any, kind: str) -> Any:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(value).astype(kind)
    except (ValueError, TypeError, OverflowError):
        return np.asarray(value)


def _claimed(content: bytes, source: Random) -> bytes:
    """The header of an array claims another shape or type, while the archive around it is sound."""
    inner, outer = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    victim = source.choice(inner.namelist())
    with zipfile.ZipFile(outer, "w") as made:
        for name in inner.namelist():
            data = inner.read(name)
            if name == victim:
                shape = source.choice(
                    (
                        b"(9999999999, 3, 3)",
                        b"(999999, 999, 3)",
                        b"(-1,)",
                        b"(100000000,)",
                        b"(3,)",
                        b"()",
                        b"(2**9,)",
                        b"((1,),)",
                    )
                )
                data = re.sub(rb"'shape': \([^)]*\)", b"'shape': " + shape, data, count=1)
                size = data.index(b"\n") + 1 if b"\n" in data[:400] else 128
                data = data[:8] + (size - 10).to_bytes(2, "little") + data[10:]
            made.writestr(zipfile.ZipInfo(name), data)
    return outer.getvalue()


@cache
def much_of_nothing(megabytes: int) -> bytes:
    """An archive of a few kilobytes with one array of zeros that unpacks to ``megabytes``."""
    rows = (megabytes << 20) // 72
    array = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        array, {"descr": "<f8", "fortran_order": False, "shape": (rows, 3, 3)}
    )
    head, size = array.getvalue(), len(array.getvalue()) + 72 * rows
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush, the packed form of a megabyte of zeros can be repeated as it is.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed += (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * (megabytes + 1)
    sums = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, 0, len(packed), size)
    local = b"PK\x03\x04" + sums + struct.pack("<HH", 5, 0) + b"R.npy" + packed
    central = b"PK\x01\x02\x14\0" + sums + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0) + b"R.npy"
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    rest = zipfile.ZipFile(buffer := io.BytesIO(local + central + end), "a")
    for name, value in (("z", np.array([8, 1, 1])), ("E", np.zeros(rows if megabytes < 100 else 1))):
        member = io.BytesIO()
        np.save(member, value)
        rest.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    rest.close()
    return buffer.getvalue()


def make_archive(source: Random) -> Case:
    """Make an archive that is edited as arrays, in its headers, or as bytes."""
    content = arrays(source)
    choice = source.random()
    if choice < 0.5:
        found, how = edited_arrays(content, source)
        data = archive(found, source.random() < 0.3)
    elif choice < 0.65:
        data, how = _claimed(archive(content), source), ("shape claimed",)
    elif choice < 0.97:
        data, how = edited_bytes(archive(content), source, [archive(arrays(source))])
    else:
        data, how = much_of_nothing(source.choice((10, 3_000))), ("much of nothing",)
    return Case(
        {"data.npz": data}, "data.npz", chosen_way(source, {"units": 80, "species": 10, "no units": 10}), how
    )


def read(folder: Path, case: Case) -> str:
    """Read every structure.

    Raises:
        SilentLoss: a text was read, but some of its structures are missing.
    """
    from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
    from siqml.data.reading.read import read_data

    units = DeclaredUnits(**UNITS) if case.way != "no units" else UNDECLARED
    species = ("H", "O", "H") if case.way == "species" else None
    found = read_data(folder / case.main, species, units)
    _require_all(found, (folder / case.main).read_bytes(), case)
    energies = ", ".join(f"{energy:.9g}" for energy in found.energies[:3])
    first = ", ".join(f"{x:.6g}" for x in found.positions.reshape(-1)[:6])
    forces = "without forces" if found.forces is None else f"forces {found.forces.sum():.6g}"
    return f"{len(found)} of {'-'.join(found.species[:10])}: {energies}; {first}; {forces}"


def _require_all(found: Any, content: bytes, case: Case) -> None:
    count, atoms = len(found), len(found.species)
    if case.main.endswith(".npz"):
        return
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip("\ufeff \t\0\x0b\x0c")]
    if case.main.endswith("input.data"):
        begun = sum(line.split()[0] == "begin" for line in lines if line.split())
        if begun != count:
            raise SilentLoss(f"{count} structures read; the file begins {begun}")
    elif len(lines) > count * (atoms + 2):
        raise SilentLoss(
            f"{count} structures of {atoms} atoms read, {count * (atoms + 2)} lines; the file has {len(lines)}"
        )


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    words = WORDS if case.way != "no units" else ()
    if source.random() < 0.5:
        return Command("siqml", ("data", "convert", case.main, "out.extxyz", *words), ("out.extxyz",))
    return Command("siqml", ("data", "split", case.main, "--train", "1", "-o", "parts", *words), ("parts",))


_WAYS = {"no units": 70, "units": 20, "species": 10}


XYZ = Reader("extxyz", text_maker("data.extxyz", extxyz, _WAYS), read, command, 18)
NPZ = Reader("npz", make_archive, read, command, 14)
N2P2 = Reader(
    "input.data",
    text_maker("input.data", input_data, {"units": 90, "no units": 3, "species": 7}),
    read,
    command,
    12,
)
