// Files may be dropped, are listed with their size, and are sent with a progress bar.
// Without this file the same form is sent by the browser.
function size(bytes) {
  const [unit, divisor] = [["gigabyte", 1e9], ["megabyte", 1e6], ["kilobyte", 1e3], ["byte", 1]].find(([, one]) => bytes >= one || one === 1);
  const words = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, words).format(bytes / divisor);
}

document.querySelectorAll("[data-drop-words]").forEach((words) => (words.hidden = false));

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-drop]")?.querySelector("[data-drop-list]");
  if (!list) return;
  const inputs = [...event.target.closest("[data-drop]").querySelectorAll("input[type=file]")];
  list.replaceChildren(
    ...inputs.flatMap((input) => [...input.files]).map((file) => {
      const [item, name, weight] = ["li", "span", "span"].map((tag) => document.createElement(tag));
      name.textContent = file.name;
      weight.textContent = size(file.size);
      item.append(name, weight);
      return item;
    }),
  );
});

for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(type, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("drop--over", over);
    if (type !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    const chosen = new DataTransfer();
    [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function show(request) {
  // The answer is a page: put its content in place, so that its messages and its mistakes are read once.
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = answer.getElementById("content");
  if (!content) return location.assign(request.responseURL);
  document.title = answer.title;
  document.getElementById("content").replaceWith(document.adoptNode(content));
  if (request.responseURL !== location.href) history.pushState(null, "", request.responseURL);
  scrollTo(0, 0);
  (document.querySelector("[data-error-summary]") ?? document.getElementById("content")).focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
  event.preventDefault();

  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const number = box.querySelector("[data-upload-number]");
  const request = new XMLHttpRequest();
  const rest = (resting) => form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = resting));
  const data = new FormData(form, event.submitter);
  box.hidden = false;
  setTimeout(() => rest(true));
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = total ? (100 * loaded) / total : 0;
    number.textContent = `${Math.floor(bar.value)} % · ${size(loaded)} / ${size(total)}`;
  });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () => {
    rest(false);
    delete form.dataset.sending;
    number.textContent = form.dataset.uploadFailed;
  });
  request.open("POST", form.action);
  request.send(data);
});

addEventListener("popstate", () => location.reload());
