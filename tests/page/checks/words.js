// Words with consonants of English (the vowels stay as they are), besides those in `known`: a line for each, with where it stands.
((known) => {
  const found = [];
  const look = (where, text) => {
    const rest = known.reduce((rest, word) => rest.replaceAll(word, " "), text);
    if (/[b-df-hj-np-tv-z]/i.test(rest)) found.push(`${where}: ${text.trim()}`);
  };
  look("title", document.title);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const owner = texts.currentNode.parentElement;
    // With a script running, what stands in there is no page; and a key is called as what is printed on it.
    if (!["noscript", "kbd"].includes(owner.localName)) look(owner.localName, texts.currentNode.data);
  }
  for (const one of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "aria-description", "aria-valuetext", "alt", "data-line", "placeholder", "title"]) {
      if (one.hasAttribute(name)) look(`${one.localName} ${name}`, one.getAttribute(name));
    }
  }
  return found.join("\n");
})
