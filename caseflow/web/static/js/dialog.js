// A confirmation opens as a dialog; without this file it unfolds below its button.
document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-confirm-cancel]");
  if (cancel) cancel.closest("dialog")?.close();

  const summary = event.target.closest("details[data-confirm] > summary");
  if (!summary || !window.HTMLDialogElement) return;
  event.preventDefault();
  const details = summary.parentElement;
  const panel = details.querySelector(".confirm__panel");
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", summary.textContent.trim());
  dialog.append(panel);
  panel.querySelector("[data-confirm-cancel]").hidden = false;
  dialog.addEventListener("close", () => {
    details.append(panel);
    dialog.remove();
    summary.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  // What cannot be undone is not under the finger that opened it.
  panel.querySelector("input:not([type=hidden]), select, textarea, [data-confirm-cancel]").focus();
});
