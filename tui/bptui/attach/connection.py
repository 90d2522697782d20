"""A connection to a run on asyncio's loop, which never waits for the run."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Self

from bptui.attach.client import SilentError, answer_of, connected_to
from bptui.steer.channel import MAX_ANSWER, ChannelError, encoded, new_number

_Fields = dict[str, object]


class Connection:
    """Asks a run. Several requests may be under way, and their answers come in any order.

    Args:
        reader, writer: the two ends of the socket.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._asked: dict[int, asyncio.Future[_Fields]] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Connect to the socket of a run.

        Raises:
            SilentError: nobody listens there.
        """
        connected = await asyncio.to_thread(connected_to, path)
        return cls(*await asyncio.open_connection(sock=connected, limit=MAX_ANSWER))

    async def ask(self, verb: str, number: int | None = None, **fields: object) -> _Fields:
        """Ask for something, at once, and return the answer when it comes.

        Args:
            verb: what to do; see `bptui.steer.channel`.
            number: the number of the request; None for a new one.
            fields: the fields of the request.

        Raises:
            SilentError: the connection is lost.
        """
        if self._listening.done():
            raise SilentError("has lost the connection")
        number = number or new_number()
        answer: asyncio.Future[_Fields] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        self._writer.write(encoded({"id": number, "do": verb, **fields}))
        return await answer

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        self._listening.cancel()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        reason = "has ended"
        try:
            while True:
                self._take(answer_of(await self._reader.readline()))
        except SilentError as error:
            reason = str(error)
        except (OSError, ValueError, ChannelError) as error:  # a ValueError for a line that is too long
            reason = f"has lost the connection: {error}"
        finally:
            self._writer.close()
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(SilentError(reason))

    def _take(self, answer: _Fields) -> None:
        number = answer.get("id")
        if not isinstance(number, int) or number not in self._asked:
            return
        future = self._asked.pop(number)
        if not future.done():
            future.set_result(answer)
