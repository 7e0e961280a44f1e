// A page that only asks to go on goes on by itself.
document.querySelector("form[data-press]")?.requestSubmit();
