// A passphrase can be looked at while it is typed.
document.querySelectorAll("[data-show-password]").forEach((button) => (button.hidden = false));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const input = document.getElementById(button.dataset.showPassword);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  [button.textContent, button.dataset.hide] = [button.dataset.hide, button.textContent];
});

// It must not stay readable in the browser's memory of forms.
document.addEventListener("submit", (event) => {
  event.target.querySelectorAll("[data-show-password]").forEach((button) => {
    document.getElementById(button.dataset.showPassword).type = "password";
  });
});
