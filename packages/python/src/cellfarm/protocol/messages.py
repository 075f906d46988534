"""Words on the wire, generated from the JSON Schemas of packages/protocol. Do not edit: run `npm run schema`."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

PROTOCOL_VERSION = 1
INLINE_LIMIT_BYTES = 262144
MAX_FRAME_BYTES = 67108864

FRAME_PLAY = 1
FRAME_SHIP = 2
FRAME_BIND = 3
FRAME_FORK = 4
FRAME_CODE = 5
FRAME_TASK = 6
FRAME_VALUE = 7
FRAME_MAP_PLAN = 8
FRAME_INSPECT = 9
FRAME_END = 10
FRAME_RUN_CELL = 11
FRAME_HELLO = 64
FRAME_OUTPUT = 65
FRAME_PLAYED = 66
FRAME_SHIPPED = 67
FRAME_BOUND = 68
FRAME_OVER = 69
FRAME_ITEMS = 70
FRAME_FORKED = 71
FRAME_RESULT = 72
FRAME_MAP_CLOSED = 73
FRAME_SEALED = 74
FRAME_INSPECTED = 75
FRAME_NOTE = 76

STATUS_OK = 0
STATUS_RAISED = 1
STATUS_REJECTED = 2
STATUS_UNSHIPPABLE = 3
STATUS_LOST = 4


class ObjectRef(TypedDict):
    id: str
    size: int


class SourceSpan(TypedDict):
    line: int
    column: int
    endLine: int
    endColumn: int


class CellError(TypedDict):
    ename: str
    evalue: str
    traceback: list[str]
    line: int | None


class LoopSite(TypedDict):
    task: str
    form: Literal["comprehension", "map-call", "append-loop"]
    span: SourceSpan
    element: SourceSpan
    reads: list[str]
    accumulators: list[str]


class BindMeta(TypedDict):
    task: str
    cell: int
    names: list[str]
    object: ObjectRef | None


class BoundMeta(TypedDict):
    task: str


class ForkMeta(TypedDict):
    slot: int
    nonce: str


class ForkedMeta(TypedDict):
    slot: int
    pid: int | None
    refused: str | None


class HelloMeta(TypedDict):
    protocol: int
    nonce: str
    part: Literal["home", "worker", "shard"]
    pid: int
    host: str
    python: str


class InspectedMetaVariablesValue(TypedDict):
    type: str
    digest: str | None


class InspectedMeta(TypedDict):
    variables: dict[str, InspectedMetaVariablesValue]


class ItemsMeta(TypedDict):
    object: ObjectRef | None


class MapClosedMeta(TypedDict):
    task: str
    occurrence: int
    homeFrom: int | None
    reason: str


class MapPlanMeta(TypedDict):
    task: str
    occurrence: int
    first: int
    shards: list[list[int]]
    reused: list[int]


class NoteMeta(TypedDict):
    level: Literal["info", "warning", "error"]
    code: str
    text: str
    cell: int | None


class OutputMeta(TypedDict):
    cell: int
    type: Literal["stream", "display_data", "execute_result", "error", "clear_output", "update_display_data"]
    content: dict[str, Any]


class OverMeta(TypedDict):
    task: str
    occurrence: int
    count: int
    way: Literal["fork", "ship"]
    start: int
    inputs: str | None


class PlayMetaLoopsItem(TypedDict):
    task: str
    form: Literal["comprehension", "map-call", "append-loop"]
    span: SourceSpan
    element: SourceSpan
    reads: list[str]
    accumulators: list[str]
    shippable: bool


class PlayMeta(TypedDict):
    task: str
    cell: int
    cellId: str
    code: str
    executionCount: int
    loops: list[PlayMetaLoopsItem]
    fork: bool
    workers: int
    probe: bool


class PlayedMeta(TypedDict):
    task: str
    cell: int
    error: CellError | None
    exit: bool


class ResultMeta(TypedDict):
    durationsMs: list[float]
    object: ObjectRef | None
    reason: str
    files: list[list[str]] | None


class RunCellMeta(TypedDict):
    task: str
    cell: int
    cellId: str
    code: str
    executionCount: int
    outputs: list[str]
    object: ObjectRef | None
    ranks: int | None


class SealedMeta(TypedDict):
    id: str
    digest: str
    size: int


class ShipMeta(TypedDict):
    task: str
    cell: int
    names: list[str]
    training: bool


class ShippedMeta(TypedDict):
    task: str
    refused: str | None
    object: ObjectRef | None


class TaskMeta(TypedDict):
    ranges: list[list[int]] | None
    object: ObjectRef | None
