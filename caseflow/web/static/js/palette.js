// Ctrl K or ⌘ K opens the places of this page by name; "/" goes to its search box.
const model = document.querySelector("template[data-palette]");
const opener = document.querySelector("[data-palette-open]");

function places() {
  const seen = new Map();
  document.querySelectorAll("a[data-palette-link], .page-head__actions a[href], main .table td.is-main a[href]").forEach((link) => {
    const words = (link.querySelector(".rail__label") ?? link).textContent.trim().replace(/\s+/g, " ");
    if (words && !seen.has(link.href)) seen.set(link.href, words);
  });
  return [...seen].map(([url, words]) => ({ url, words }));
}

function open() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = model.content.firstElementChild.cloneNode(true);
  const [input, list, none] = [".palette__input", ".palette__list", ".palette__none"].map((part) => dialog.querySelector(part));
  const all = places();
  let chosen = 0;

  function draw() {
    const asked = input.value.trim().toLocaleLowerCase();
    const found = all.filter((place) => place.words.toLocaleLowerCase().includes(asked));
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    list.replaceChildren(
      ...found.map((place, index) => {
        const [item, link] = ["li", "a"].map((tag) => document.createElement(tag));
        item.setAttribute("role", "presentation");
        link.setAttribute("role", "option");
        link.id = `palette-${index}`;
        link.href = place.url;
        link.tabIndex = -1;
        link.textContent = place.words;
        link.setAttribute("aria-selected", String(index === chosen));
        item.append(link);
        return item;
      }),
    );
    none.hidden = found.length > 0;
    list.hidden = !found.length;
    if (found.length) input.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", () => {
    chosen = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      chosen += step;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.querySelector("[aria-selected=true]")?.click();
    }
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  draw();
  dialog.showModal();
}

if (model && opener) {
  opener.hidden = false;
  opener.addEventListener("click", open);
}

document.addEventListener("keydown", (event) => {
  if (model && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  } else if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  }
});
