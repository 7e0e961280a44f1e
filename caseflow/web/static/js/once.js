// A form is sent once: after the first submit its buttons rest until the answer comes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  // After the browser has read the form: a disabled button would not send its name.
  setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = true)));
});

// Back from the history, the page may be used again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sending]").forEach((form) => {
    delete form.dataset.sending;
    form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = false));
  });
});

// Where the answer names mistakes, begin there.
document.querySelector("[data-error-summary]")?.focus();
