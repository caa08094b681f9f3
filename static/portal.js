// Comfort only: copy buttons, "/" to search, local time on hover, confirmation. Everything works without.
"use strict";

const say = (text) => {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
};

const prepare = (root) => {
  if (navigator.clipboard) {
    for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
  }
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.dataset.local = "1";
      time.title += `\n${at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" })}`;
    }
  }
};

const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    say("Copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  } catch {
    say("The browser did not allow copying");
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (button) copy(button);
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("[data-slash]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

document.addEventListener("htmx:afterSettle", (event) => prepare(event.target.parentElement || document));
document.addEventListener("htmx:responseError", (event) => say(`That did not work (${event.detail.xhr.status}). Load the page again.`));
document.addEventListener("htmx:sendError", () => say("The portal does not answer. Try again in a minute."));
document.addEventListener("DOMContentLoaded", () => prepare(document));
if (document.readyState !== "loading") prepare(document);
