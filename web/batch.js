// A file of reviews: judged 25 at a time, as a table, a histogram and a file to keep.
import { insist, notNow } from "./api.js";
import { reviewsIn, write } from "./csv.js";
import { count, get, html, leaning, percent, svg } from "./draw.js";

const MOST = 1000; // reviews
const LARGEST = 5_000_000; // bytes of the file
const AT_ONCE = 25; // texts a request, as the API takes them
const BODY = 900_000; // bytes of a request, below what the API takes
const TOO_LARGE = 413; // status
const BINS = 20;
const WORDS = { positive: "positive", negative: "negative", unsure: "hard to say" };

let reviews = [], results = [], work = null, turn = 0, opened = () => {};

/** Take files from the drop zone, from its button, or dropped anywhere; `open(text)` is called for one to look at. */
export function acceptFiles(open) {
  opened = open;
  get("file").addEventListener("change", () => {
    if (get("file").files[0]) take(get("file").files[0]);
    get("file").value = "";
  });
  const over = (event, is) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", is);
  };
  addEventListener("dragover", (event) => over(event, true));
  addEventListener("dragleave", (event) => event.relatedTarget || over(event, false));
  addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer?.files[0]) take(event.dataTransfer.files[0]);
  });
  get("stop").addEventListener("click", () => (work ? work.abort() : run()));
  get("save").addEventListener("click", save);
}

async function take(file) {
  const mine = ++turn;
  work?.abort();
  reviews = [];
  get("batch").hidden = false;
  get("batch-name").textContent = file.name;
  get("batch").scrollIntoView({ block: "nearest" });
  if (file.size > LARGEST) return refuse("The file is larger than 5 MB; please divide it.");
  const bytes = await file.arrayBuffer();
  if (mine !== turn) return; // another file has come
  const { reviews: all, found } = reviewsIn(file.name, bytes);
  if (!all.length) return refuse(`There are no reviews in this file (${found}).`);
  reviews = all.slice(0, MOST);
  results = reviews.map(() => null);
  const left = all.length > MOST ? ` The first ${MOST.toLocaleString("en")} of them are judged.` : "";
  get("batch-found").textContent = `${count(all.length, "review")}, ${found}.${left}`;
  get("rows").replaceChildren(...reviews.map(row));
  await run();
}

function refuse(sentence) {
  get("batch-found").textContent = sentence;
  get("batch-status").textContent = "";
  get("batch-result").hidden = true;
}

/** Judge what has no result yet. */
async function run() {
  const { signal } = (work = new AbortController());
  const mine = work;
  get("batch-result").hidden = false;
  get("stop").textContent = "Stop";
  try {
    update();
    for (let chunk = nextChunk(); chunk.length; chunk = nextChunk()) {
      await judge(chunk, signal);
      chunk.forEach((i) => get("rows").children[i].replaceWith(row(reviews[i], i)));
      update();
    }
    say("All are judged.");
  } catch (problem) {
    if (work !== mine) return; // another file has taken this one's place
    say(problem.name === "AbortError" ? "Stopped." : problem.message);
    get("stop").textContent = "Go on";
  }
  if (work === mine) work = null;
  get("stop").hidden = !nextChunk().length;
}

/** Give each review of a chunk its result. */
async function judge(chunk, signal) {
  const body = { texts: chunk.map((i) => reviews[i]) };
  const answer = await insist("sentiment", body, { signal, waiting }).catch((problem) => {
    if (problem.status !== TOO_LARGE || chunk.length > 1) throw problem;
    return { results: [], errors: [{ index: 0, message: problem.message }] }; // it spoils no other
  });
  for (const i of chunk) results[i] = { error: "The service said nothing of it." };
  for (const result of answer.results) results[chunk[result.index]] = result;
  for (const error of answer.errors) results[chunk[error.index]] = { error: error.message };
}

/** Indices of the next reviews without a result, as many as one request holds. */
function nextChunk() {
  const chunk = [];
  for (let i = 0, bytes = 0; i < reviews.length && chunk.length < AT_ONCE; i++) {
    if (results[i]) continue;
    bytes += JSON.stringify(reviews[i]).length * 3; // at most three bytes a UTF-16 unit
    if (chunk.length && bytes > BODY) break;
    chunk.push(i);
  }
  return chunk;
}

function waiting(problem, seconds) {
  say(`${notNow(problem)} Going on in ${count(seconds, "second")}.`);
}

function say(sentence) {
  get("batch-status").textContent = sentence;
}

const towardsOf = (result) => (result.decided ? result.sentiment : "unsure");

function update() {
  const judged = results.filter(Boolean);
  const n = { positive: 0, unsure: 0, negative: 0, error: 0 };
  for (const result of judged) n[result.error ? "error" : towardsOf(result)]++;
  const simpler = judged.filter((result) => result.degraded).length;
  get("stop").hidden = judged.length === reviews.length;
  get("batch-progress").max = reviews.length;
  get("batch-progress").value = judged.length;
  say(`${judged.length.toLocaleString("en")} of ${count(reviews.length, "review")} judged.`);
  get("batch-sum").textContent = [
    `${n.positive} positive`, `${n.unsure} hard to say`, `${n.negative} negative`,
    ...(n.error ? [`${n.error} not judged`] : []),
    ...(simpler ? [`${simpler} by a simpler model, while the usual one cannot be reached`] : []),
  ].join(" · ");
  get("save").disabled = !judged.length;
  get("histogram").replaceChildren(histogram(judged.filter((result) => !result.error).map((result) => result.score)));
}

/** How many reviews have which score. */
function histogram(scores) {
  const bins = Array(BINS).fill(0);
  for (const score of scores) bins[Math.min(BINS - 1, Math.floor(score * BINS))]++;
  const most = Math.max(1, ...bins), width = 600, height = 110, wide = width / BINS;
  const bars = bins.map((n, i) => {
    const tall = (n / most) * (height - 14);
    const at = { x: i * wide + 1, y: height - tall, width: wide - 2, height: tall };
    const number = svg("text", { x: (i + 0.5) * wide, y: height - tall - 4 }, n ? String(n) : "");
    return svg("g", {}, svg("rect", { class: leaning((i + 0.5) / BINS), ...at }), number);
  });
  const label = `How many reviews have which score: ${get("batch-sum").textContent}`;
  const axis = svg("line", { class: "axis", x1: 0, x2: width, y1: height, y2: height });
  const box = { class: "histogram", viewBox: `0 0 ${width} ${height + 1}`, role: "img", "aria-label": label };
  return svg("svg", box, ...bars, axis);
}

function row(review, i) {
  const result = results[i];
  const button = html("button", { type: "button", class: "text", title: "Look at this one" }, review.slice(0, 300));
  button.addEventListener("click", () => opened(review));
  const towards = result && !result.error ? towardsOf(result) : "";
  return html("tr", {},
    html("td", { class: "number" }, String(i + 1)),
    html("td", {}, button, ...(result?.error ? [html("p", { class: "faint" }, result.error)] : [])),
    html("td", { class: towards }, towards ? WORDS[towards] : result ? "not judged" : "…"),
    html("td", { class: "number" }, towards ? percent(result.score) : ""));
}

function save() {
  const columns = ["sentiment", "score", "confidence", "model", "error"];
  const rows = reviews.map((review, i) => [i + 1, ...columns.map((name) => results[i]?.[name]), review]);
  // With a byte order mark, without which spreadsheets do not take it for UTF-8.
  const file = new Blob(["\ufeff", write([["number", ...columns, "text"], ...rows])], { type: "text/csv" });
  const link = html("a", { href: URL.createObjectURL(file), download: "verdicts.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
