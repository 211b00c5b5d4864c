"""What follows when firmware was written and cannot be read back: what its manifest's `rollback` says.

with written_as_allowed(memory, script, order.exec): ...          # in `do`, around the first writing
words = await hold_or_write_again(script, write, holds, say)    # in `do`
return Advised(checks, advice(script))                          # in `verify`, which judges in the end"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.firmware_script import Script
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused
from medialab_wire.texts import Text

AGAIN = Text(
    de="Das Geschriebene ließ sich nicht zurücklesen; es wird noch einmal geschrieben",
    en="What was written could not be read back; it is written once more",
)

_BEGUN = "firmware-begun"


@contextmanager
def written_as_allowed(memory: Memory, script: Script, execution: str) -> Iterator[None]:
    """Around writing. What is `set-aside` is written once in one order, also when its step was interrupted and is
    repeated; then, and when the writing fails, the remedy is `undo`. Raises `Refused`, and what the writing raises."""
    if script.rollback != "set-aside":
        yield
        return
    begun = f"{execution} {script.id} {script.version}"
    if memory.get(_BEGUN) == begun:
        raise _once(script)
    memory.put(_BEGUN, begun)
    try:
        yield
    except NeedsPerson:
        memory.put(_BEGUN, None)
        raise
    except DeviceTrouble as error:
        error.trouble = error.trouble.model_copy(update={"remedy": script.undo})
        raise


def _once(script: Script) -> Refused:
    return Refused(
        "written-once",
        Text(
            de="Das Aufspielen wurde unterbrochen, und diese Firmware wird nur einmal geschrieben.",
            en="The writing was interrupted, and this firmware is written only once.",
        ),
        script.undo,
        f"{script.id} {script.version}",
    )


async def hold_or_write_again(
    script: Script, write: Callable[[], Awaitable[None]], holds: Callable[[], Awaitable[bool]], say: Say
) -> Text:
    """After the first writing: look, and write again while the manifest allows. Words for the record.

    Proves nothing: `verify` reads back once more, with commands of its own. Raises what `write` and `holds` raise."""
    written = 1
    while not (is_held := await holds()) and written < script.attempts:
        say(0.0, AGAIN)
        await write()
        written += 1
    return record(script, written, is_held=is_held)


def advice(script: Script) -> Text | None:
    """What helps a person whose device did not keep it; None: resetting again."""
    return script.undo if script.rollback == "set-aside" else None


def record(script: Script, written: int, *, is_held: bool) -> Text:
    """What was written how often, for the step."""
    name = f"{script.id} {script.version}"
    if written == 1 and is_held:
        return Text.same(name)
    if is_held:
        return Text(de=f"{name}, {written}-mal geschrieben", en=f"{name}, written {written} times")
    return Text(
        de=f"{name}, {written}-mal geschrieben und nicht zurückgelesen",
        en=f"{name}, written {written} times and not read back",
    )
