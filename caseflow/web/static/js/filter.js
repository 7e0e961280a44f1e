// A list follows its filters at once; without this file the button does it.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filter]");
  if (form && !event.target.matches("[data-search]")) form.requestSubmit();
});

// Empty filters stay out of the address.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-filter]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// What could not all be read in one go is gone on with by itself, while somebody looks.
const onward = document.querySelector("form[data-go-on]");
if (onward) setTimeout(() => document.hidden || onward.requestSubmit(), 300);
