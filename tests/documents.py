"""PDFs for the tests: of empty pages, written here by hand, in the forms that programs write them in."""

from __future__ import annotations

import zlib
from functools import cache


@cache
def document(pages: int = 2, *, packed: bool = False, encrypted: bool = False, filled: int = 0) -> bytes:
    """A PDF of that many empty pages. `packed`: its objects within a stream, as since PDF 1.5. `filled`: bytes of padding within it."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"] * pages
    lock = " /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>" if encrypted else ""
    return _packed(objects, lock, filled) if packed else _plain(objects, lock, filled)


def _plain(objects: list[str], lock: str, filled: int) -> bytes:
    data, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"%" + b" " * filled + b"\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R{lock} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def _packed(objects: list[str], lock: str, filled: int) -> bytes:
    """Objects in an object stream, and a stream of references in place of the table."""
    head, text = "", ""
    for number, body in enumerate(objects, 1):
        head += f"{number} {len(text)} "
        text += f"{body} "
    held = zlib.compress(f"{head}{text}".encode())
    count, stream, table = len(objects), len(objects) + 1, len(objects) + 2
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"%" + b" " * filled + b"\n"
    at_stream = len(data)
    said = f"<< /Type /ObjStm /N {count} /First {len(head)} /Filter /FlateDecode /Length {len(held)} >>"
    data += f"{stream} 0 obj\n{said}\nstream\n".encode() + held + b"\nendstream\nendobj\n"
    at_table = len(data)
    rows = [(0, 0, 65535), *((2, stream, number) for number in range(count)), (1, at_stream, 0), (1, at_table, 0)]
    packed = zlib.compress(b"".join(bytes([kind]) + where.to_bytes(4) + index.to_bytes(2) for kind, where, index in rows))
    said = f"<< /Type /XRef /Size {table + 1} /W [1 4 2] /Root 1 0 R{lock} /Filter /FlateDecode /Length {len(packed)} >>"
    data += f"{table} 0 obj\n{said}\nstream\n".encode() + packed + b"\nendstream\nendobj\n"
    return data + f"startxref\n{at_table}\n%%EOF\n".encode()
