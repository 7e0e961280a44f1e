// Rows of a repeated group are added and removed on the spot; without this file the server does it.
const NUMBERED = ["id", "for", "name", "aria-describedby"];

function renumber(row, prefix, from, to) {
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of NUMBERED) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replaceAll(`${prefix}-${from}`, `${prefix}-${to}`));
    }
  }
}

function clear(row) {
  row.querySelectorAll("input, select, textarea").forEach((control) => {
    if (control.type === "checkbox" || control.type === "radio") control.checked = false;
    else if (control.tagName === "SELECT") control.selectedIndex = 0;
    else control.value = "";
    control.removeAttribute("aria-invalid");
  });
  row.querySelectorAll(".field__error").forEach((error) => error.remove());
  row.querySelectorAll(".field--wrong").forEach((field) => field.classList.remove("field--wrong"));
}

function numberOf(row, prefix) {
  const name = row.querySelector("[name]").getAttribute("name");
  return Number(name.slice(prefix.length + 1).split("-")[0]);
}

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-repeat]");
  if (!group) return;
  const rows = [...group.querySelectorAll("[data-repeat-row]")];
  const prefix = group.dataset.repeat;

  if (event.target.closest("[data-repeat-add]") && rows.length) {
    event.preventDefault();
    const model = rows.at(-1);
    const highest = Math.max(...rows.map((row) => numberOf(row, prefix)));
    const row = model.cloneNode(true);
    renumber(row, prefix, numberOf(model, prefix), highest + 1);
    clear(row);
    row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+$/, String(rows.length + 1)));
    row.querySelector("[data-repeat-remove]").value = `${prefix}-${highest + 1}`;
    model.after(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else if (event.target.closest("[data-repeat-remove]")) {
    event.preventDefault();
    const row = event.target.closest("[data-repeat-row]");
    if (rows.length > 1) row.remove();
    else clear(row);
    group.querySelector("[data-repeat-add]").focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
