"""How requests are sent, and answers read."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from image_search_client.calls import Call, Connection, given
from image_search_client.errors import ImageSearchError, error_of, refused

_CHUNK = 1 << 16  # bytes


class Transport:
    """
    Args:
        connection: Where the app is, and how it is asked.
        transport: What httpx sends with, if not its own.
    """

    def __init__(self, connection: Connection, transport: httpx.BaseTransport | None = None) -> None:
        self.connection = connection
        self._http = httpx.Client(**connection.options, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, call: Call) -> bytes:
        """The whole answer."""
        response = self._answer(call, whole=True)
        return response.content

    def read_json(self, call: Call) -> Any:
        try:
            return json.loads(self.read(call))
        except ValueError as error:
            raise ImageSearchError("The answer cannot be read.", "Check that this is the URL of the app.") from error

    def read_lines(self, call: Call) -> Iterator[Any]:
        """The values of the lines, as they come.

        Raises:
            ImageSearchError: also where a line says what went wrong on the way.
        """
        response = self._answer(call)
        try:
            for line in response.iter_lines():
                if not line.strip():
                    continue
                value = json.loads(line)
                if said := error_of(value):
                    raise ImageSearchError(*said)
                yield value
        except httpx.TransportError as error:
            raise self.connection.unreachable(error) from error
        except ValueError as error:
            raise ImageSearchError("The answer cannot be read.", "Check that this is the URL of the app.") from error
        finally:
            response.close()

    def save(self, call: Call, to: Path) -> Path:
        """Write the answer to a file, which is there when it is whole."""
        response = self._answer(call)
        part = to.with_name(f".{to.name}.part")
        try:
            with part.open("wb") as file:
                for chunk in response.iter_bytes(_CHUNK):
                    file.write(chunk)
            return part.replace(to)
        except httpx.TransportError as error:
            raise self.connection.unreachable(error) from error
        finally:
            response.close()
            part.unlink(missing_ok=True)

    def _answer(self, call: Call, whole: bool = False) -> httpx.Response:
        """
        Args:
            whole: Whether its body is read; otherwise it is the caller's to read and close.
        """
        attempt = 0
        while True:
            response: httpx.Response | None = None
            try:
                response = self._http.send(self._request(call), stream=True)
                good = call.answered(response.status_code)
                if whole or not good:
                    response.read()
            except httpx.TransportError as error:
                wait, failure = call.wait(self.connection, attempt), self.connection.unreachable(error)
                if wait is None:
                    raise failure from error
            else:
                if good:
                    return response
                wait = call.wait(self.connection, attempt, response)
                if wait is None:
                    raise refused(response.status_code, response.content)
            time.sleep(wait)
            attempt += 1

    def _request(self, call: Call) -> httpx.Request:
        content = _chunks(call.content) if isinstance(call.content, Path) else call.content
        return self._http.build_request(
            call.method,
            call.url,
            params=call.query(self.connection),
            json=None if call.body is None else given(call.body),
            content=content,
            headers=call.headers,
        )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
