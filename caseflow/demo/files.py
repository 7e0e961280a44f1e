"""Evidence files made on the spot: real photographs' formats, real PDFs, real sound, none of it from anywhere."""

from __future__ import annotations

import io
import math
import struct
import wave
from importlib.resources import files as package_files
from random import Random

from PIL import ExifTags, Image, ImageDraw

SIZE = (1280, 860)


def make(kind: str, title: str, seed: int) -> tuple[str, bytes]:
    """Return (file name, content) of `kind` photo | pdf | audio | video | text, different for each `seed`."""
    makers = {"photo": _photo, "pdf": _pdf, "audio": _audio, "video": _video, "text": _text}
    return makers[kind](title, Random(seed))  # noqa: S311 -- pictures, not keys


def _scene(random: Random) -> Image.Image:
    picture = Image.new("RGB", SIZE, (196, 208, 216))
    draw = ImageDraw.Draw(picture)
    horizon = random.randint(380, 520)
    for line in range(horizon):
        shade = 150 + line * 70 // horizon
        draw.line([(0, line), (SIZE[0], line)], fill=(shade - 20, shade, min(255, shade + 25)))
    draw.rectangle([0, horizon, *SIZE], fill=(178 + random.randint(-20, 20), 160, 120))
    for _ in range(random.randint(3, 6)):
        left, width, height = random.randint(0, 1100), random.randint(90, 260), random.randint(120, 320)
        tone = random.randint(90, 170)
        draw.rectangle([left, horizon - height, left + width, horizon + 20], fill=(tone, tone - 8, tone - 18))
        for row in range(3):
            for column in range(3):
                x, y = left + 16 + column * width // 3, horizon - height + 20 + row * height // 3
                draw.rectangle([x, y, x + width // 6, y + height // 7], fill=(60, 70, 88))
    return picture


def _photo(_title: str, random: Random) -> tuple[str, bytes]:
    picture = _scene(random)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Example"
    exif[ExifTags.Base.Model] = "Phone 7"
    exif[ExifTags.Base.DateTime] = f"2026:0{random.randint(1, 9)}:1{random.randint(0, 9)} 14:0{random.randint(0, 9)}:00"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return f"IMG_{random.randint(1000, 9999)}.jpg", out.getvalue()


def _pdf(_title: str, random: Random) -> tuple[str, bytes]:
    pages = []
    for _page in range(random.randint(1, 3)):
        page = Image.new("RGB", (1240, 1754), "white")
        draw = ImageDraw.Draw(page)
        draw.rectangle([420, 120, 820, 140], fill=(40, 40, 40))
        top = 260
        while top < 1500:
            draw.rectangle([140, top, 140 + random.randint(600, 960), top + 9], fill=(120, 120, 120))
            top += random.choice((28, 28, 28, 60))
        draw.ellipse([820, 1480, 1040, 1690], outline=(40, 70, 160), width=6)
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return f"scan_{random.randint(100, 999)}.pdf", out.getvalue()


def _audio(_title: str, random: Random) -> tuple[str, bytes]:
    out, rate = io.BytesIO(), 16_000
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        pitch = random.randint(160, 260)
        steps = (
            int(9000 * math.sin(2 * math.pi * pitch * n / rate) * math.sin(math.pi * n / rate) ** 2)
            for n in range(rate * 3)
        )
        sound.writeframes(b"".join(struct.pack("<h", step) for step in steps))
    return f"voice_{random.randint(10, 99)}.wav", out.getvalue()


def _video(_title: str, random: Random) -> tuple[str, bytes]:
    # An animated WebP is a moving picture that Pillow can make; a machine without a video encoder has no other.
    frames = []
    scene = _scene(random).resize((480, 320))
    for step in range(12):
        frame = scene.copy()
        ImageDraw.Draw(frame).ellipse([30 + step * 30, 200, 60 + step * 30, 290], fill=(40, 44, 60))
        frames.append(frame)
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=120, loop=0)
    return f"VID_{random.randint(1000, 9999)}.webp", out.getvalue()


def _text(title: str, random: Random) -> tuple[str, bytes]:
    return f"note_{random.randint(10, 99)}.txt", f"{title}\n\n{'– ' * random.randint(8, 20)}\n".encode()


def stories_text() -> str:
    """Return the JSON text of the stories."""
    return package_files("caseflow.demo").joinpath("data/stories.json").read_text(encoding="utf-8")
