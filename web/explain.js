// The review as it was pasted, its words marked by what they add to the verdict, and its course sentence by sentence.
import { get, html, leaning, percent, rove, signed, svg } from "./draw.js";

const LEVELS = 4; // of marking
const FAINTEST = 0.12; // of the strongest word: what weighs less is not marked
const STRONG = 0.5; // a strongest word below this is not marked as if it were strong
const LISTED = 4;

/** Show the text with its words' and sentences' weights; offsets are in code points, as the API counts. */
export function explain(text, { words = [], sentences = [], truncated }) {
  const at = offsets(text);
  const ranges = (list) => list.map((each) => ({ ...each, from: at(each.start), to: at(each.end) }));
  const strongest = Math.max(STRONG, ...words.map((word) => Math.abs(word.weight)));
  const marked = ranges(words).filter((word) => Math.abs(word.weight) >= FAINTEST * strongest);
  const reading = read(text, marked, ranges(sentences), strongest);
  if (truncated && words.length) reading.fade(...unread(words, text.length, at));
  get("reading").replaceChildren(reading.element);
  get("reasons").replaceChildren(...listed(marked));
  get("course").replaceChildren(...(sentences.length > 1 ? course(text, ranges(sentences), reading.sentences) : []));
  get("explained").hidden = !words.length;
}

/** From code points to JavaScript's UTF-16 units, in which an emoji counts twice. */
function offsets(text) {
  const starts = [0];
  for (const point of text) starts.push(starts.at(-1) + point.length);
  return (point) => starts[Math.min(point, starts.length - 1)];
}

/** The text as elements: sentences, and in them the marked words. */
function read(text, words, sentences, strongest) {
  const label = "The review; arrow keys move from one marked word to the next";
  const element = html("p", { role: "group", "aria-label": label });
  const parts = [], marks = [];
  let done = 0, next = 0;
  const until = (end, parent) => {
    for (; next < words.length && words[next].from < end; next++) {
      const word = words[next];
      if (word.from < done || word.to <= word.from) continue;
      const level = Math.min(LEVELS, Math.ceil((Math.abs(word.weight) / strongest) * LEVELS));
      const mark = html("mark", { class: `${side(word)} level${level}`, "aria-describedby": "tip" });
      mark.append(text.slice(word.from, word.to));
      parent.append(text.slice(done, word.from), mark);
      marks.push([mark, word]);
      done = word.to;
    }
    if (done < end) parent.append(text.slice(done, end));
    done = Math.max(done, end);
  };
  for (const sentence of sentences) {
    until(sentence.from, element);
    const part = html("span", { class: "sentence" });
    until(sentence.to, part);
    element.append(part);
    parts.push(part);
  }
  until(text.length, element);
  const items = marks.map(([mark]) => mark);
  if (items.length) rove(element, items, (i) => tell(items[i], weightOf(marks[i][1])), hush);
  return { element, sentences: parts, fade: (from, to) => fade(element, from, to) };
}

/** The widest gap between two words that were read, or behind the last: there lies what the model left out. */
function unread(words, end, at) {
  const gaps = words.map((word, i) => [at(word.end), i + 1 < words.length ? at(words[i + 1].start) : end]);
  return gaps.reduce((widest, gap) => (gap[1] - gap[0] > widest[1] - widest[0] ? gap : widest));
}

/** Show that the model did not read what lies between the two places. */
function fade(element, from, to) {
  const range = document.createRange(), walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const late = [];
  for (let seen = 0; walker.nextNode(); ) {
    const node = walker.currentNode, length = node.length;
    if (seen + length > from && seen < to) late.push([node, Math.max(0, from - seen), Math.min(length, to - seen)]);
    seen += length;
  }
  for (const [node, start, stop] of late) {
    range.setStart(node, start);
    range.setEnd(node, stop);
    range.surroundContents(html("span", { class: "unread" }));
  }
}

const side = ({ weight }) => (weight > 0 ? "positive" : "negative");

/** A weight is in log-odds, so that its exponential is a factor of the odds. */
function weightOf(word) {
  const factor = Math.exp(Math.abs(word.weight));
  return `${signed(word.weight)} · odds of ${side(word)} × ${factor.toFixed(1)}`;
}

/** The words that weigh most towards either side, in words: for whoever does not see the colours. */
function listed(words) {
  return ["positive", "negative"].flatMap((towards) => {
    const chosen = words.filter((word) => side(word) === towards);
    chosen.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const items = chosen.slice(0, LISTED).map((word) => {
      const weight = html("span", { class: "weight" }, signed(word.weight));
      return html("li", {}, html("span", { class: towards }, word.text), " ", weight);
    });
    return items.length ? [html("div", {}, html("h4", {}, `Towards ${towards}`), html("ul", {}, ...items))] : [];
  });
}

/** A column a sentence, as wide as it is long: up for positive, down for negative. */
function course(text, sentences, parts) {
  const height = 64, middle = height / 2, gap = 3, width = 600;
  const total = sentences.reduce((sum, each) => sum + each.to - each.from, 0);
  const room = width - gap * (sentences.length - 1);
  let x = 0;
  const columns = sentences.map((sentence, i) => {
    const wide = Math.max(2, (room * (sentence.to - sentence.from)) / total);
    const tall = Math.max(1.5, Math.abs(sentence.score - 0.5) * 2 * (middle - 2));
    const y = sentence.score >= 0.5 ? middle - tall : middle;
    const label = `Sentence ${i + 1}: ${percent(sentence.score)} positive. ${text.slice(sentence.from, sentence.to)}`;
    const whole = svg("rect", { class: "room", x, y: 0, width: wide, height });
    const column = svg("rect", { class: leaning(sentence.score), x, y, width: wide, height: tall, rx: 2 });
    x += wide + gap;
    return svg("g", { role: "img", "aria-label": label }, whole, column);
  });
  const axis = svg("line", { class: "axis", x1: 0, x2: width, y1: middle, y2: middle });
  const box = { class: "course", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "group" };
  const name = { "aria-label": "Sentence by sentence; arrow keys move between them" };
  const drawing = svg("svg", { ...box, ...name }, axis, ...columns);
  const light = (index) => parts.forEach((part, i) => part.classList.toggle("lit", i === index));
  const enter = (i) => {
    light(i);
    bringIntoView(parts[i]);
    tell(columns[i], `Sentence ${i + 1}: ${percent(sentences[i].score)} positive`);
  };
  rove(drawing, columns, enter, () => {
    light(-1);
    hush();
  });
  return [html("h3", {}, "Sentence by sentence"), drawing, html("p", { class: "faint" }, summary(sentences))];
}

/** Scrolls a long text, not the page, to one of its sentences. */
function bringIntoView(sentence) {
  const box = get("reading"), [part, whole] = [sentence.getBoundingClientRect(), box.getBoundingClientRect()];
  if (part.top < whole.top || part.bottom > whole.bottom) box.scrollTop += part.top - whole.top - 40;
}

function summary(sentences) {
  const n = { positive: 0, unsure: 0, negative: 0 };
  for (const { score } of sentences) n[leaning(score)]++;
  const parts = Object.entries({ positive: n.positive, "hard to say": n.unsure, negative: n.negative });
  const told = parts.filter(([, each]) => each).map(([name, each]) => `${each} ${name}`).join(", ");
  return `${n.positive && n.negative ? "A mixed review. " : ""}${sentences.length} sentences: ${told}.`;
}

/** A note above an element. */
function tell(element, sentence) {
  const tip = get("tip"), box = element.getBoundingClientRect();
  tip.textContent = sentence;
  tip.hidden = false;
  const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
  const above = box.top - tip.offsetHeight - 6;
  // Set through the object model, which the page's policy allows; a style attribute it would not.
  tip.style.left = `${left}px`;
  tip.style.top = `${above < 8 ? box.bottom + 6 : above}px`;
}

function hush() {
  get("tip").hidden = true;
}

addEventListener("scroll", hush, { passive: true });
get("reading").addEventListener("scroll", () => get("reading").matches(":hover") && hush(), { passive: true });
