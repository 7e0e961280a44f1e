// Leaving a page with typed, unsent text asks first. Nothing typed is kept in the browser's storage.
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-warn]");
  if (form) changed.add(form);
});
for (const done of ["submit", "kept"]) document.addEventListener(done, (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
