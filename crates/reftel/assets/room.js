// The pages work without this. It brings a field's place in the original into view when the field is
// pointed at or focused, and takes "/" to the search box.
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("input[name=q]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// How what is typed could go on takes the place of the list that the page came with.
for (const box of document.querySelectorAll("input[name=q][list]")) {
  let waiting = 0;
  let asked = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const at = (asked += 1);
      const typed = box.value;
      const answer = await fetch("/complete?q=" + encodeURIComponent(typed)).catch(() => null);
      if (!answer || !answer.ok || at !== asked) return;
      const options = (await answer.json()).map((one) => {
        const option = document.createElement("option");
        option.value = one.query;
        option.label = one.telegrams === null ? one.what : one.telegrams.toLocaleString("en") + " telegrams";
        return option;
      });
      if (at === asked && box.value === typed) box.list.replaceChildren(...options);
    }, 120);
  });
}

const sheet = document.querySelector(".sheet");
if (sheet) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let waiting = 0;
  const show = (event) => {
    const field = event.target.closest && event.target.closest(".f");
    const name = field && [...field.classList].find((name) => /^f\d+$/.test(name));
    if (!name || sheet.scrollHeight <= sheet.clientHeight) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const place = sheet.querySelector("." + name.replace("f", "o"));
      if (!place) return;
      const top = place.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
      if (top > 0 && top < sheet.clientHeight - 60) return;
      const behavior = still.matches ? "auto" : "smooth";
      sheet.scrollTo({ top: sheet.scrollTop + top - sheet.clientHeight / 4, behavior });
    }, 120);
  };
  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
}
