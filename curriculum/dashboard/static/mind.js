// The page works without this. With it, a tab that stood open shows what a check has changed as soon as it is looked at
// again, and keeps what was unfolded; and a link to a day unfolds what the day stands in.
"use strict";

const KEY = "mind-unfolded";
const parts = () => [...document.querySelectorAll("details[id]")];

const unfolded = sessionStorage.getItem(KEY);
if (unfolded !== null) {
  sessionStorage.removeItem(KEY);
  const ids = new Set(JSON.parse(unfolded));
  for (const part of parts()) part.open = ids.has(part.id);
}

async function standing() {
  const answer = await fetch(document.body.dataset.progress, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.text() : null;
}

let shown = null;
standing().then((text) => { shown = text; }, () => {});

// What is typed and not sent yet must not be lost.
const typed = () => [...document.querySelectorAll("form input, form textarea")].some(
  (one) => one.value !== one.defaultValue || one.checked !== one.defaultChecked && one.checked !== undefined);

document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState !== "visible" || shown === null || typed()) return;
  const now = await standing().catch(() => null); // a server that is gone leaves the page as it is
  if (now !== null && now !== shown) {
    sessionStorage.setItem(KEY, JSON.stringify(parts().filter((part) => part.open).map((part) => part.id)));
    location.reload();
  }
});

function unfoldTo(id) {
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", () => unfoldTo(location.hash.slice(1)));
if (location.hash.startsWith("#day-")) unfoldTo(location.hash.slice(1));

// Drawings are in the page already. With Vega they answer the pointer and take the width that there is.

async function vega() {
  if (!window.vegaEmbed) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.vega;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }
  return window.vegaEmbed;
}

async function enliven(drawing) {
  const spec = JSON.parse(drawing.parentElement.querySelector("script").textContent);
  const live = document.createElement("div");
  live.className = "live";
  drawing.append(live);
  await (await vega())(live, { ...spec, width: "container" }, {
    actions: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  });
  live.classList.add("drawn");
  for (const old of [...drawing.children]) if (old !== live) old.remove();
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    enliven(entry.target).catch(() => {}); // the drawing that is there stays
  }
}, { rootMargin: "400px" });
for (const drawing of document.querySelectorAll("[data-chart]")) seen.observe(drawing);
