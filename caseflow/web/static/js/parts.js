// Large files are sent by parts, each with its checksum: a broken line, a pause or a reload costs one part at most.
// Small ones are sent with the form, as all of them are without this file. The server speaks tus 1.0; nothing is kept here.
const PART = 8 * 1024 * 1024;
const LATER = [1, 2, 5, 10, 20, 30];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-parts]") || event.defaultPrevented) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (files.reduce((sum, file) => sum + file.size, 0) <= PART) return;
  event.preventDefault();
  setTimeout(() => sendAll(form, files));
});

async function sendAll(form, files) {
  const place = form.dataset.parts || (await enter(form));
  if (!place) return;
  const box = form.querySelector("[data-parts-box]");
  const list = box.querySelector("ul");
  const token = form.elements.csrf_token.value;
  const told = Object.fromEntries(["kind", "parent"].map((name) => [name, form.elements[name]?.value ?? ""]));
  const controls = [...form.querySelectorAll("input, select, textarea, button[type=submit]")];
  controls.forEach((control) => (control.disabled = true));
  box.hidden = false;
  const asked = (event) => event.preventDefault();
  addEventListener("beforeunload", asked);
  const sent = await Promise.all(
    files.map((file) => {
      const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
      list.append(row);
      return new Sending(file, row, `${place}/uploads`, { token, told, words: box.dataset }).send();
    }).map((going) => going.catch(() => false)),
  );
  removeEventListener("beforeunload", asked);
  if (sent.every(Boolean)) location.assign(place);
  delete form.dataset.sending;
  controls.forEach((control) => (control.disabled = false));
}

// What the files belong to is entered first, without them: from then on a reload leads to where they go on.
async function enter(form) {
  const data = new FormData(form);
  form.querySelectorAll("input[type=file]").forEach((input) => data.delete(input.name));
  data.set("by_parts", "1");
  const request = await new Promise((answer) => {
    const asked = new XMLHttpRequest();
    asked.addEventListener("loadend", () => answer(asked));
    asked.open("POST", form.action);
    asked.send(data);
  });
  const { pathname } = new URL(request.responseURL || location.href);
  if (request.status === 200 && pathname !== location.pathname) {
    history.replaceState(null, "", `${pathname}/files`);
    return pathname;
  }
  delete form.dataset.sending;
  form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = false));
  if (request.status) show(request);
  else {
    form.querySelector("[data-upload-progress]").hidden = false;
    form.querySelector("[data-upload-number]").textContent = form.dataset.uploadFailed;
  }
  return null;
}

// One file after the other: two at a time would only share the line.
let turn = Promise.resolve();

class Sending {
  constructor(file, row, place, { token, told, words }) {
    Object.assign(this, { file, row, place, token, told, words, paused: false, over: false });
    const [pause, stop] = ["pause", "stop"].map((name) => row.querySelector(`[data-parts-${name}]`));
    row.querySelector("[data-parts-name]").textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    pause.addEventListener("click", () => {
      this.paused = !this.paused;
      pause.textContent = this.paused ? words.goOn : words.pause;
      pause.setAttribute("aria-pressed", this.paused);
      this.say(this.paused ? words.paused : words.waiting);
      if (this.paused) this.request?.abort();
      else this.wake?.();
    });
    stop.addEventListener("click", () => {
      this.over = true;
      this.request?.abort();
      this.wake?.();
    });
    this.say(words.waiting);
  }

  send() {
    const mine = turn.then(() => this.run());
    turn = mine.catch(() => {});
    return mine;
  }

  async run() {
    let tries = 0;
    let where = this.begun();
    let at = null;
    while (!this.over) {
      if (this.paused) {
        await new Promise((wake) => (this.wake = wake));
        continue;
      }
      let answer;
      if (where === null) {
        answer = await this.ask("POST", this.place, { "Upload-Length": this.file.size, "Upload-Metadata": this.metadata() });
        if (answer.status === 201) [where, at] = [answer.getResponseHeader("Location"), 0];
      } else if (at === null) {
        answer = await this.ask("HEAD", where);
        if (answer.status === 200) at = Number(answer.getResponseHeader("Upload-Offset"));
        if ([404, 410].includes(answer.status)) [where, at] = [null, null];
      } else {
        const part = this.file.slice(at, at + PART);
        const headers = { "Upload-Offset": at, "Content-Type": "application/offset+octet-stream", ...(await checksum(part)) };
        answer = await this.ask("PATCH", where, headers, part, at);
        at = answer.status === 204 ? Number(answer.getResponseHeader("Upload-Offset")) : null;
      }
      const sum = answer.getResponseHeader("Caseflow-SHA-256");
      if (sum) return this.done(sum);
      if ([200, 201, 204, 404].includes(answer.status)) {
        tries = 0;
        if (at !== null) this.show(at);
        continue;
      }
      if (![0, 401, 408, 409, 410, 423, 429, 460].includes(answer.status) && answer.status < 500) break;
      if (answer.status === 409 && answer.responseText && tries > 2) break;
      if (this.paused || this.over) continue;
      this.say(answer.responseText.trim() || ([401, 423].includes(answer.status) ? this.words.locked : this.words.broken));
      await this.rest(LATER[Math.min(tries, LATER.length - 1)]);
      tries += 1;
    }
    if (this.over && where) await this.ask("DELETE", where);
    this.end(this.over ? this.words.stopped : this.last.responseText.trim() || this.words.refused);
    return false;
  }

  // What was begun earlier, here or on another device: the same name and the same size.
  begun() {
    const known = [...document.querySelectorAll("[data-begun]")].find(
      ({ dataset }) => dataset.name === this.file.name && Number(dataset.size) === this.file.size && !dataset.taken,
    );
    if (!known) return null;
    known.dataset.taken = "yes";
    return known.dataset.begun;
  }

  metadata() {
    const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
    return Object.entries({ filename: this.file.name, ...this.told })
      .filter(([, text]) => text)
      .map(([name, text]) => `${name} ${encoded(text)}`)
      .join(",");
  }

  ask(method, url, headers = {}, body = null, at = 0) {
    return new Promise((answer) => {
      const request = (this.request = this.last = new XMLHttpRequest());
      request.open(method, url);
      Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": this.token, ...headers }).forEach((one) => request.setRequestHeader(...one));
      if (body) request.upload.addEventListener("progress", ({ loaded }) => this.show(at + loaded));
      request.addEventListener("loadend", () => answer(request));
      request.send(body);
    });
  }

  rest(seconds) {
    return new Promise((wake) => {
      this.wake = wake;
      setTimeout(wake, 1000 * seconds);
      addEventListener("online", wake, { once: true });
    });
  }

  show(bytes) {
    const percent = Math.floor((100 * bytes) / this.file.size);
    this.row.querySelector("progress").value = percent;
    this.say(`${percent} % · ${size(bytes)} / ${size(this.file.size)}`);
  }

  say(text) {
    this.row.querySelector("[data-parts-state]").textContent = text;
  }

  done(sum) {
    this.row.querySelector("progress").value = 100;
    this.end(`${this.words.done} SHA-256 ${sum}`);
    return true;
  }

  end(text) {
    this.say(text);
    this.row.querySelectorAll("button").forEach((button) => (button.hidden = true));
  }
}

// The sum of one part, which the server compares before it seals it; a browser on an insecure address has no means for it.
async function checksum(part) {
  if (!globalThis.crypto?.subtle) return {};
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...sum))}` };
}
