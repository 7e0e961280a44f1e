"""The codes of files and looks in words: what a file is, what it says of itself, what speaks of a trap, and why a look was not taken."""

from __future__ import annotations

from caseflow.kernel.words import N_

FACTS = {
    "pixels": N_("Width and height in pixels"),
    "taken": N_("Taken, by the clock of the device"),
    "position": N_("Position of the device (latitude, longitude)"),
    "device": N_("Device"),
    "serial": N_("Serial number of the device"),
    "program": N_("Program"),
    "producer": N_("Made into this form by"),
    "author": N_("Author, as the file says"),
    "changed_by": N_("Last changed by, as the file says"),
    "organisation": N_("Organisation, as the file says"),
    "rights": N_("Rights, as the file says"),
    "title": N_("Title, as the file says"),
    "subject": N_("Subject, as the file says"),
    "made": N_("Made, as the file says"),
    "changed": N_("Changed, as the file says"),
    "pages": N_("Pages"),
}
ALARMS = {
    "polyglot": N_("Behind its content there is a second one: the file is also a ZIP archive."),
    "ratio": N_(
        "Unpacked, it would be more than two hundred times as large. It may be made to fill a disk: do not unpack it."
    ),
    "overlap": N_("Its parts lie over each other, as in archives made to fill a disk: do not unpack it."),
    "locked": N_("Some of it is locked with a password."),
    "nested": N_("There are archives inside the archive; they were not looked into."),
    "outside": N_("Some names lead out of the folder it is unpacked in."),
    "macros": N_("It holds macros: programs that run when it is opened."),
    "more": N_("It has more entries than were counted."),
}
WHY_NOT = {
    "large": N_("The file is larger than what is looked into (128 MiB)."),
    "pixels": N_("The picture has more pixels than are opened here."),
    "locked": N_("It is locked with a password."),
    "damaged": N_("It is damaged, or not what it says it is."),
    "entities": N_("It declares entities, which no office program does and which can be a trap."),
    "swells": N_("Unpacked, it is larger than what is read."),
    "single": N_("One packed file, and no archive."),
    "no_text": N_("There is no text in it that can be read here."),
    "time": N_("It took longer than a look may take and was stopped."),
    "memory": N_("It asked for more memory than a look may have and was stopped."),
    "crash": N_("It broke the program that looked into it. Nothing else was touched."),
    "frames": N_("It holds several pictures; copies are made of files with one."),
    "pages": N_("It has more pages than are copied here (200). Divide it first."),
    "no_page": N_("It has no such page."),
    "large_copy": N_("The copy would be larger than can be made here (46 MiB). Divide the file first."),
    "no_ffmpeg": N_("This server has no program for sound and film (ffmpeg)."),
    "no_tesseract": N_("This server has no program that reads letters from pictures (tesseract)."),
    "no_languages": N_("The program that reads letters from pictures has neither Russian, Kazakh nor English here."),
    "no_clamd": N_("This server has no virus scanner."),
    "no_answer": N_("The virus scanner gave no verdict: it is away, or the file is larger than it takes."),
}
KINDS = {
    "original": N_("As it was received"),
    "redacted": N_("Redacted version"),
    "anonymised": N_("Anonymised version"),
    "cleaned": N_("Without metadata"),
    "translated": N_("Translation"),
    "transcript": N_("Transcript"),
}
LOOKS = {
    "picture": N_("Preview"),
    "about": N_("What the file says of itself"),
    "text": N_("Text"),
    "ocr": N_("Letters in pictures"),
    "contents": N_("Contents of the archive"),
    "sound": N_("Length and loudness"),
    "scan": N_("Virus scan"),
}
