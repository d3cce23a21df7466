// Elements in a line each, and what all drawings share: an arrow key moves from part to part, one tab stop for all.

export const get = (id) => document.getElementById(id);

/** An HTML element with the given attributes; a child may be a string. */
export const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element, likewise. */
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const percent = (share, digits = 0) => `${(share * 100).toFixed(digits)} %`;

export const count = (n, one, several = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : several}`;

/** A weight or the like, always with its sign. */
export const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** "positive", "negative" or, in the middle of the calibrated scores, "unsure". */
export const leaning = (score) => (score >= 0.65 ? "positive" : score <= 0.35 ? "negative" : "unsure");

/**
 * Let the items be visited with the pointer, and with arrow keys, Home and End from the one of them that Tab reaches.
 * `enter(index)` is called when one is pointed at or focused, `leave()` when none is any more.
 */
export function rove(container, items, enter, leave = () => {}) {
  const indexOf = (event) => items.indexOf(event.target.closest("[tabindex]"));
  const reach = (index) => items.forEach((item, i) => item.setAttribute("tabindex", i === index ? 0 : -1));
  reach(0);
  container.addEventListener("pointerover", (event) => (indexOf(event) >= 0 ? enter(indexOf(event)) : leave()));
  container.addEventListener("pointerleave", leave);
  container.addEventListener("focusin", (event) => {
    if (indexOf(event) < 0) return;
    reach(indexOf(event));
    enter(indexOf(event));
  });
  container.addEventListener("focusout", leave);
  container.addEventListener("keydown", (event) => {
    const last = items.length - 1, now = indexOf(event);
    const next = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: last };
    if (event.key === "Escape") leave();
    if (!(event.key in next)) return;
    event.preventDefault();
    items[Math.min(Math.max(next[event.key], 0), last)].focus();
  });
}
