// A page that nobody looks at any more hides what it shows, when its session locks and as soon as it is over. To ask
// for that is no sign of life: the session locks as it would without.
const cover = document.querySelector("template[data-cover]");

if (cover) {
  let shown = [];
  const title = document.title;
  const classes = document.body.className;
  let typed = false;
  let hidden = false;
  let due = 0;
  let timer = 0;

  addEventListener("input", () => (typed = true));
  addEventListener("submit", () => (typed = false));

  const hide = () => {
    if (hidden) return;
    hidden = true;
    shown = [...document.body.childNodes];
    const instead = cover.content.cloneNode(true);
    if (typed) {
      instead.querySelector("[data-cover-typed]").hidden = false;
      instead.querySelector("a.button").target = "_blank";
    }
    document.body.replaceChildren(instead);
    document.body.className = "bare";
    document.title = `${document.querySelector("[data-cover-title]").textContent} · caseflow`;
  };

  const show = () => {
    if (!hidden) return;
    hidden = false;
    document.body.replaceChildren(...shown);
    document.body.className = classes;
    document.title = title;
  };

  const wait = (seconds) => {
    clearTimeout(timer);
    due = Date.now() + seconds * 1000;
    timer = setTimeout(ask, seconds * 1000 + 2000);
  };

  async function ask() {
    if (Date.now() >= due) hide();
    try {
      const answer = await fetch(cover.dataset.cover, { cache: "no-store" });
      const told = await answer.json();
      if (told.left > 0 && told.member === cover.dataset.member) {
        wait(told.left);
        show();
      } else {
        hide();
      }
    } catch {
      if (Date.now() < due) wait((due - Date.now()) / 1000);
    }
  }

  wait(Number(cover.dataset.left));
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    hide(); // out of the history, perhaps after somebody signed out
    ask();
  });
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  for (const again of ["focus", "online"]) addEventListener(again, () => hidden && ask());
}
