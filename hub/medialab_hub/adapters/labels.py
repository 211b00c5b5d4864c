"""Labels for devices as PDF: a QR code that any phone opens, the code in letters, the name."""

import io
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from medialab_hub.adapters.drawable import latin, visible
from medialab_hub.errors import HubError
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Sheet:
    """A sheet of labels; all lengths in millimetres."""

    width: float
    height: float
    columns: int
    rows: int
    label_width: float
    label_height: float
    left: float
    top: float


SHEETS = {
    # 5 by 11 labels of 40 x 25.4 mm fill A4 with equal margins.
    "a4-55": Sheet(210, 297, 5, 11, 40.0, 25.4, 5.0, 8.8),
    # One label of 62 x 29 mm, as label printers have them.
    "single": Sheet(62, 29, 1, 1, 62.0, 29.0, 0.0, 0.0),
}


class LabelPrinter:
    """Makes PDFs with Typst: tagged, so that they can be read aloud; device names are data, never markup."""

    def __init__(self, base_url: str | None) -> None:
        """`base_url` is the address people type; None: other machines cannot open this hub."""
        self._base_url = None if base_url is None else base_url.rstrip("/")
        self._template = resources.files("medialab_hub.adapters").joinpath("labels.typ").read_bytes()
        self._lock = threading.Lock()

    def address(self, tag: str) -> str:
        """What the QR code of a tag says: an address in capitals, which keeps it small (RFC 3986 §6.2.2.1 allows it
        for scheme and host; our path allows it, too), or the tag alone, which no later address can make wrong."""
        return tag.upper() if self._base_url is None else f"{self._base_url}/find/{tag}".upper()

    def make(self, labels: Sequence[tuple[str, str]], preset: str = "a4-55", language: str = "de") -> bytes:
        """The PDF for (tag, name) pairs. Raises HubError for an unknown preset. Slow; call it in a thread."""
        sheet = SHEETS.get(preset)
        if sheet is None:
            raise HubError(
                "unknown-sheet", Text(de="Diesen Etikettenbogen gibt es nicht.", en="There is no such label sheet.")
            )
        import typst  # here because it takes 7 MB that most hubs do not need most of the time

        try:
            return self._compile(sheet, [(tag, visible(name)) for tag, name in labels], language)
        except typst.TypstError:  # a sign no font here can draw; a label with a poorer name is better than none
            return self._compile(sheet, [(tag, latin(name)) for tag, name in labels], language)

    def _compile(self, sheet: Sheet, labels: Sequence[tuple[str, str]], language: str) -> bytes:
        import typst

        items = [{"tag": tag, "name": name, "qr": self._qr(tag)} for tag, name in labels]
        content = json.dumps({"sheet": vars(sheet), "items": items, "language": language})
        with self._lock:
            return typst.compile(self._template, format="pdf", sys_inputs={"content": content}, pdf_standards=["ua-1"])

    def _qr(self, tag: str) -> str:
        import segno

        out = io.BytesIO()
        segno.make(self.address(tag), error="m", micro=False).save(out, kind="svg", border=0, scale=1)
        return out.getvalue().decode()
