// A page that only asks to go on goes on by itself.
document.querySelector("form[data-press]")?.requestSubmit();

// What a page only asks to have done beside it is asked for quietly; what came of it takes its place on the page.
// The page may itself have come in place of another one, after an upload.
function pressQuietly() {
  const quiet = document.querySelector("form[data-press-quietly]");
  if (!quiet || quiet.dataset.pressed) return;
  quiet.dataset.pressed = "yes";
  const sent = new URLSearchParams(new FormData(quiet));
  quiet.querySelectorAll("button").forEach((button) => (button.disabled = true));
  fetch(quiet.action, { method: "POST", body: sent })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((page) => {
      const fresh = new DOMParser().parseFromString(page, "text/html");
      document.querySelectorAll("[data-found]").forEach((part) => {
        const found = fresh.getElementById(part.id);
        if (found) part.replaceWith(document.importNode(found, true));
      });
    })
    .catch(() => quiet.querySelectorAll("button").forEach((button) => (button.disabled = false)));
}
pressQuietly();
new MutationObserver(pressQuietly).observe(document.body, { childList: true, subtree: true });
