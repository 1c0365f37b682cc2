"use strict";
// Shows records as they come: asks once a second while the page is seen. Without it the page is the same, and loaded anew.
(() => {
  const panel = document.getElementById("live");
  const table = document.getElementById("records");
  if (!panel || !table) return;
  const rows = table.tBodies[0];
  const box = document.getElementById("live-on");
  const state = document.getElementById("live-state");
  const most = 200;
  let address = panel.dataset.address;
  let isAsking = false;
  let isOver = false;

  const over = (text) => {
    isOver = true;
    state.textContent = text;
  };

  const show = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const row of holder.content.querySelectorAll("tr")) row.classList.add("fresh");
    rows.prepend(holder.content);
    while (rows.rows.length > most) rows.deleteRow(-1);
  };

  const ask = async () => {
    if (isAsking || isOver || document.hidden || !box.checked) return;
    isAsking = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html-fragment" }, cache: "no-store", redirect: "error" });
      if (answer.status === 200) {
        const upTo = answer.headers.get("Leavecopy-Up-To");
        show(await answer.text());
        const next = new URL(address, location.href);
        next.searchParams.set("size", upTo);
        address = next.pathname + next.search;
        state.textContent = "";
      } else if (answer.status === 409) {
        over(panel.dataset.reload);
      } else if (answer.status === 401) {
        over(panel.dataset.lost);
      }
    } catch {
      // The gateway may be starting again: the next question tells.
    }
    isAsking = false;
  };

  panel.hidden = false;
  setInterval(ask, 1000);
  document.addEventListener("visibilitychange", ask);
})();
