"""What a pytest run inside a test does without: other plugins, whose import takes longer than most of these runs."""

from __future__ import annotations

PLUGINS = ("anyio", "asyncio", "hypothesispytest", "platformdirs", "pytest_cov", "randomly", "rerunfailures", "timeout")
"""Names of the entry points that a development environment brings; ours and xdist's are loaded as for any user."""


def quiet(*needed: str) -> tuple[str, ...]:
    """Return the arguments of a run without cache and without these plugins, except those that it needs."""
    blocked = [name for name in (*PLUGINS, "cacheprovider") if name not in needed]
    options = [option for name in blocked for option in ("-p", f"no:{name}")]
    if "asyncio" in needed:
        options += ["-o", "asyncio_default_fixture_loop_scope=function"]
    return tuple(options)
