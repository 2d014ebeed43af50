"""The base of every expected failure of the engine."""


class EngineError(Exception):
    """Something a person can be told in a sentence: a stable `code`, what to fill in, and a detail for the operator."""

    def __init__(self, code: str, detail: str = "", **values: object) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.values = values
