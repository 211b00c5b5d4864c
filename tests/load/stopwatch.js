// Runs in every page before the dashboard does: notes when rows, values and search results have been painted.
(() => {
  // What signing in leaves in a browser.
  localStorage.setItem("medialab.signed-in", "1");
  const now = () => performance.timeOrigin + performance.now();
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(now())));
  const watch = { values: [], keys: [] };
  globalThis.stopwatch = watch;

  // Milliseconds from the navigation until something matched and was painted.
  const firstPaintOf = (selector) =>
    new Promise((resolve) => {
      const look = () => {
        if (!document.querySelector(selector)) return;
        appearing.disconnect();
        painted((at) => resolve(at - performance.timeOrigin));
      };
      const appearing = new MutationObserver(look);
      appearing.observe(document, { childList: true, subtree: true });
      look();
    });
  watch.rows = firstPaintOf("li .line .name");
  watch.cards = firstPaintOf(".numbers-list .n");

  const marksOf = (line) => {
    const name = line.querySelector(".name")?.textContent.trim();
    const battery = line.querySelector(".battery")?.textContent.match(/\d+/)?.[0];
    const model = line.querySelector(".sub")?.textContent.match(/Modell (\d+)/)?.[1];
    return [`${name}|b${battery}`, `${name}|m${model}`];
  };

  const values = new MutationObserver((records) => {
    const lines = new Set();
    for (const { target } of records) {
      const line = (target.nodeType === 1 ? target : target.parentElement)?.closest("li .line");
      if (line) lines.add(line);
    }
    const marks = [...lines].flatMap(marksOf);
    if (marks.length > 0) painted((at) => marks.forEach((mark) => watch.values.push([mark, at])));
  });

  watch.listen = () => {
    watch.values = [];
    values.observe(document.body, { childList: true, characterData: true, subtree: true });
  };
  watch.rest = () => {
    values.disconnect();
    return watch.values;
  };

  addEventListener("input", (event) => {
    if (event.target.id === "search") painted((at) => watch.keys.push(at - performance.timeOrigin - event.timeStamp));
  }, true);
})();
