"""A program that answers as ffmpeg does, and fails on demand: no GPU does that."""

from pathlib import Path

ENCODERS = ("h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_vaapi", "h264_amf", "libx264", "aac")
SUCCEED = "echo out_time_us=1000000; echo made by $0 > made"


def fake(
    folder: Path, *, encoders: tuple[str, ...] = ENCODERS, version: str = "9.1", otherwise: str = SUCCEED, **lines: str
) -> str:
    """The path of a shell script. lines: what it does, by the encoder it is called with; else it does `otherwise`.

    Every call is a line in `calls` beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cases = "\n".join(f'  *"-c:v {name} "*) {line};;' for name, line in lines.items())
    listed = "\n".join(f"echo ' V....D {name}  words about it'" for name in encoders)
    script = folder / "ffmpeg"
    script.write_text(
        f"""#!/bin/sh
echo "$*" >> {folder}/calls
case "$*" in
  *-version) echo "ffmpeg version {version} Copyright"; echo "built with cc";;
  *-encoders) {listed};;
  *-filters) echo " .. ass               V->V       Render ASS subtitles";;
{cases}
  *) {otherwise};;
esac
"""
    )
    script.chmod(0o755)
    return str(script)


def calls(program: str) -> list[str]:
    return Path(program).with_name("calls").read_text().splitlines()
