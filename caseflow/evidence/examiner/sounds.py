"""How long a sound or a film is, how loud it is when, and a still of a film."""

from __future__ import annotations

import array
import base64
import re
import wave
from typing import Any

from caseflow.evidence.examiner.given import Given, Refused

STEPS = 240
RATE = 1000  # samples a second: enough to draw how loud it is
WAV = ("audio/wav", "audio/x-wav", "audio/vnd.wave")
LONGEST = 6 * 3600


def sound(given: Given) -> dict[str, Any]:
    """Return seconds, `STEPS` levels from 0 to 100, and for a film a still as JPEG. WAV needs no program for it."""
    if given.media_type in WAV and "ffmpeg" not in given.tools:
        return _wav(given)
    source = f"file:/proc/self/fd/{given.handle}"
    safe = ("-nostdin", "-v", "info", "-hide_banner", "-protocol_whitelist", "file", "-threads", "1")
    found: dict[str, Any] = {}
    samples = array.array("h")
    try:
        heard = given.run(
            "ffmpeg", *safe, "-i", source, "-vn", "-t", str(LONGEST), "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1",
            most=2 * RATE * LONGEST,
        )  # fmt: skip
    except Refused as refusal:
        if refusal.code != "damaged" or not given.media_type.startswith("video/"):
            raise
        heard = b""  # a film without sound
    samples.frombytes(heard[: len(heard) // 2 * 2])
    if samples:
        found |= {"seconds": len(samples) / RATE, "levels": _levels(samples)}
    if given.media_type.startswith("video/"):
        scale = "scale='min(1000,iw)':-2"
        still = given.run(
            "ffmpeg", *safe, "-i", source, "-an", "-frames:v", "1", "-vf", f"thumbnail=30,{scale}",
            "-f", "image2pipe", "-c:v", "mjpeg", "-map_metadata", "-1", "pipe:1",
        )  # fmt: skip
        if still:
            found["pictures"] = [{"jpeg": base64.b64encode(still).decode(), "width": 0, "height": 0}]
            found.setdefault("seconds", _length_of_film(given, source))
    return found


def _length_of_film(given: Given, source: str) -> float:
    told = given.run("ffmpeg", "-nostdin", "-v", "quiet", "-protocol_whitelist", "file", "-i", source, "-map", "0:v:0", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-")  # fmt: skip
    times = re.findall(rb"out_time_us=(\d+)", told)
    return int(times[-1]) / 1_000_000 if times else 0.0


def _wav(given: Given) -> dict[str, Any]:
    with wave.open(given.open()) as file:
        rate, width, count = file.getframerate(), file.getsampwidth(), file.getnframes()
        seconds = count / rate if rate else 0.0
        if width != 2 or not count:
            return {"seconds": seconds}
        samples = array.array("h", file.readframes(count)[: count * 2 * file.getnchannels()])
        return {"seconds": seconds, "levels": _levels(samples[:: file.getnchannels()])}


def _levels(samples: array.array[int]) -> list[int]:
    step = max(1, len(samples) // STEPS)
    loudest = [max(map(abs, samples[at : at + step]), default=0) for at in range(0, step * STEPS, step)]
    return [round(level * 100 / 32768) for level in loudest]
