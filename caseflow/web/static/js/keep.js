// What is typed is kept every few seconds: the server seals it to who types it. Nothing of it is stored in the browser.
// Each opened form is kept by itself, so two windows overwrite nothing of each other; sending the form ends its keeping.
const form = document.querySelector("form[data-keep]");

if (form) {
  const EVERY = 4000;
  const LEAST = 60000; // a page that is left may still send this much
  const said = form.querySelector("[data-keep-said]");
  let changed = false;
  let busy = false;
  let sent = false;

  const content = () => {
    const typed = new URLSearchParams(new FormData(form));
    typed.set("kept-key", typed.get("once"));
    typed.set("kept-page", form.dataset.keepPage);
    typed.set("kept-title", document.querySelector("h1").textContent.trim());
    typed.delete("once"); // it is not sent yet
    return typed;
  };

  async function keep(leaving) {
    if (!changed || busy || sent) return;
    const typed = content();
    if (leaving && typed.toString().length > LEAST) return;
    changed = false;
    busy = true;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: typed, keepalive: leaving, redirect: "error" });
      if (answer.ok) {
        said.textContent = (await answer.json()).words;
        if (!changed) form.dispatchEvent(new Event("kept", { bubbles: true }));
      } else if (answer.status === 422) {
        said.textContent = (await answer.json()).words;
      } else {
        changed = true;
        said.textContent = [401, 423].includes(answer.status) ? form.dataset.keepLocked : form.dataset.keepBroken;
      }
    } catch {
      changed = true;
      said.textContent = form.dataset.keepBroken;
    }
    busy = false;
  }

  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", (event) => event.persisted && (sent = false));
  document.addEventListener("visibilitychange", () => document.hidden && keep(true));
  addEventListener("pagehide", () => keep(true));
  setInterval(() => keep(false), EVERY);
}
