// Black boxes are drawn on a page and written into the field below, a line each; without this file they are typed there.
const paper = document.querySelector("[data-boxes]");
const field = document.querySelector("textarea[name=boxes]");
if (paper && field) begin();

function begin() {
  const image = paper.querySelector("[data-paper]");
  const first = image.getAttribute("src").replace(/\d+$/, "");
  let page = Number(paper.dataset.boxes);
  let from = null;
  let drawn = null;

  const place = (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    const within = (value) => Math.min(Math.max(value * 100, 0), 100);
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  };
  const lay = (box, [left, top, width, height]) => {
    Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
  };
  const span = (to) => [
    Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]),
  ];
  const show = () => {
    paper.querySelectorAll(".paper__box").forEach((box) => box.remove());
    for (const line of field.value.split("\n")) {
      const [number, ...box] = line.trim().split(/[\s;%]+/).filter(Boolean).map(Number);
      if (number === page && box.length === 4 && box.every(Number.isFinite)) lay(put(), box);
    }
  };
  const put = () => {
    const box = document.createElement("div");
    box.className = "paper__box";
    paper.append(box);
    return box;
  };

  image.draggable = false;
  paper.classList.add("paper--drawn");
  paper.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    from = place(event);
    drawn = put();
  });
  paper.addEventListener("pointermove", (event) => from && lay(drawn, span(place(event))));
  paper.addEventListener("pointercancel", () => {
    from = null;
    show();
  });
  paper.addEventListener("pointerup", (event) => {
    if (!from) return;
    const box = span(place(event));
    from = null;
    if (box[2] > 0.3 && box[3] > 0.3) {
      const line = [page, ...box.map((value) => value.toFixed(1))].join(" ");
      field.value = `${field.value.trimEnd()}\n${line}`.trimStart();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      const redacted = document.querySelector("input[name=kind][value=redacted]");
      if (redacted) redacted.checked = true;
    }
    show();
  });
  field.addEventListener("input", show);
  // The pages are turned here, so that the boxes that are not sent yet stay; behind the last one it goes back.
  const turn = (by) => {
    page = Math.max(1, page + by);
    image.src = first + page;
    document.querySelector("[data-page]").textContent = page;
    document.querySelector("[data-turn='-1']").hidden = page === 1;
    show();
  };
  document.querySelectorAll("[data-turn]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      turn(Number(link.dataset.turn));
    }),
  );
  image.addEventListener("error", () => page > 1 && turn(-1));
  show();
}
