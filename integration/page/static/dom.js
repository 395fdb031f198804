// Elements from values. Text only ever becomes text: nothing here, or anywhere, parses markup.

const SVG = "http://www.w3.org/2000/svg";

export function el(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

// Puts new content in place of the old; focus, open details and scroll places stay where they were.
export function swap(target, ...content) {
  const kept = remember(target);
  target.replaceChildren();
  add(target, content);
  restore(target, kept);
}

function remember(target) {
  const active = document.activeElement;
  return {
    focus: target.contains(active) ? active.dataset.key : null,
    open: [...target.querySelectorAll("details[open][data-key]")].map((node) => node.dataset.key),
    scrolled: [...target.querySelectorAll("[data-scroll]")].map((node) => [node.dataset.scroll, node.scrollTop, node.scrollLeft]),
  };
}

function restore(target, kept) {
  const by = (name, value) => target.querySelector(`[data-${name}="${CSS.escape(value)}"]`);
  for (const key of kept.open) by("key", key)?.setAttribute("open", "");
  for (const [name, top, left] of kept.scrolled) {
    const node = by("scroll", name);
    if (node) [node.scrollTop, node.scrollLeft] = [top, left];
  }
  if (kept.focus) by("key", kept.focus)?.focus({ preventScroll: true });
}
