// Making elements. Text from the data always becomes a text node or an attribute's value, never HTML.

const byID = (id) => document.getElementById(id);

/** Sets attributes and children: functions are listeners, null and false are left out. */
const filled = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

/** An HTML element. */
const h = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

/** An SVG element. */
const g = (name, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

/** Text with control characters, and those that change the direction of writing, as visible escapes. */
const visible = (text) =>
  String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) =>
    ({ "\n": "\\n", "\t": "\\t", "\r": "\\r" })[character] ?? `\\u{${character.codePointAt(0).toString(16)}}`);

/** A text that is cut with an ellipsis, with the whole one as its tooltip. */
const clipped = (text, length) => {
  const all = visible(text);
  const characters = [...all];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : all;
};

/** Says something to screen readers, and shows nothing. */
const announce = (text) => {
  byID("announcements").textContent = text;
};

/** Runs `work` once the last of several calls in a row is `delay` milliseconds ago. */
const debounced = (delay, work) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, delay);
  };
};

/** A term and its description in a list. */
const term = (name, ...description) => [h("dt", {}, name), h("dd", {}, ...description)];

/** A box in which wide content scrolls, also by keyboard. */
const scrolling = (label, ...children) =>
  h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, ...children);

/** A group of choices; `choose` is called with each change. */
const select = (id, choices, chosen, choose) =>
  h("select", { id, change: (event) => choose(event.target.value) },
    choices.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
