// What does not fit into the window: a line for each fault, and nothing where all fits.
(() => {
  const faults = [];
  const root = document.documentElement;
  const fault = (what, one) => {
    const text = (one.textContent ?? "").trim().slice(0, 40);
    faults.push(`${what}: <${one.localName} id="${one.id}"> ${text}`);
  };
  // Half a pixel is rounding.
  const outside = (box) => box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5);
  if (root.scrollWidth > innerWidth) faults.push(`it scrolls sideways: ${root.scrollWidth} > ${innerWidth}`);
  for (const one of document.body.querySelectorAll("*")) {
    // The frame of a picture cuts off what leaves it, and the heart's line does.
    if (one.ownerSVGElement) continue;
    // What only a screen reader is told is one pixel wide.
    if (!one.checkVisibility() || one.clientWidth === 1) continue;
    if (one.clientWidth > 0 && one.scrollWidth > one.clientWidth) fault(`${one.scrollWidth} in ${one.clientWidth} px`, one);
    if (outside(one.getBoundingClientRect())) fault("out of the window", one);
    const hides = !getComputedStyle(one).overflowY.startsWith("visible");
    if (hides && one.clientHeight > 0 && one.scrollHeight > one.clientHeight) fault("cut off below", one);
  }
  // The words themselves, in what they belong to.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const owner = texts.currentNode.parentElement;
    if (!owner.checkVisibility() || owner.clientWidth === 1 || owner.localName === "option") continue;
    const box = owner.closest("button, summary, label, legend, dt, dd")?.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const line of range.getClientRects()) {
      if (outside(line)) fault("words out of the window", owner);
      if (box && (line.left < box.left - 1 || line.right > box.right + 1)) fault("words beside their box", owner);
      if (box && (line.top < box.top - 1 || line.bottom > box.bottom + 1)) fault("words above or below their box", owner);
    }
  }
  // A finger or a shaking hand has to find it.
  for (const one of document.querySelectorAll("button, select, summary, label:has(input)")) {
    if (!one.checkVisibility()) continue;
    const box = one.getBoundingClientRect();
    if (box.width < 44 || box.height < 44) fault(`${box.width} x ${box.height} px`, one);
  }
  return [...new Set(faults)].join("\n");
})()
