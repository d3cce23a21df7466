// The model that serves, its shares while another is released, the candidates so far, and the job that trains one.
import { ask } from "./api.js";
import { historyChart, jobChart, shares } from "./charts.js";
import { count, get, html, percent } from "./draw.js";

const OFTEN = 10, SELDOM = 60; // seconds between two looks: while something is under way, and else
const IDLE = 10 * 60_000; // ms without a touch, after which it is looked at seldom whatever is under way
const UNDER_WAY = ["Queued", "InProgress", "Stopping"];
const SAID = { Queued: "waits for its turn", InProgress: "is training", Stopping: "is being stopped" };

const shown = {};
let followed = new URLSearchParams(location.search).get("job"); // a job's name, in the page's address

let timer = 0, touched = Date.now(), looked = 0, looking = false, busy = false;

/** Look now, and again for as long as the page is open; while it is not seen, it does not ask. */
export async function follow() {
  looked = Date.now();
  looking = true;
  try {
    busy = await look();
  } finally {
    looking = false;
    rest();
  }
}

/** Wait until the next look is due. */
function rest() {
  clearTimeout(timer);
  if (document.hidden || looking) return;
  const often = busy && Date.now() - touched < IDLE;
  timer = setTimeout(follow, Math.max(0, looked + (often ? OFTEN : SELDOM) * 1000 - Date.now()));
}

document.addEventListener("visibilitychange", () => {
  touched = Date.now();
  rest();
});
for (const touch of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(touch, () => {
    const idle = Date.now() - touched >= IDLE;
    touched = Date.now();
    if (idle) rest();
  }, { passive: true });
}

/** Show what is so at the moment; whether something is under way. */
async function look() {
  const [model, history] = await Promise.all([answer("model"), answer("models")]);
  const name = followed ?? history?.latest_job;
  const job = name ? await answer(`jobs/${encodeURIComponent(name)}`) : null;
  const running = UNDER_WAY.includes(job?.status);
  draw("model", model, describe);
  draw("candidates", history && [history.models, model?.version], candidates);
  const failed = job?.status === "Failed" && !judged(history, name);
  draw("job", running || failed || followed ? job : null, training, get("job-drawn"));
  get("waiting").hidden = Boolean(model);
  return running || !model || model.rollout.length > 1;
}

const judged = (history, job) => history?.models.some((candidate) => candidate.job === job);

/** The answer, or null where there is none now; the next look may find one. */
async function answer(path) {
  try {
    return await ask(path);
  } catch (problem) {
    if (path === "model") get("waiting").textContent = problem.message;
    return null;
  }
}

/** Draw a part anew if it has changed: who reads it with the keyboard stays where they are. */
function draw(part, value, drawing, into = get(part)) {
  const state = JSON.stringify(value);
  if (shown[part] === state) return;
  shown[part] = state;
  get(part).hidden = !value;
  into.replaceChildren(...(value ? drawing(value) : []));
}

function describe({ version, trained_at, metrics, data, vocabulary, endpoint, rollout, behaviour, by_set: sets = [] }) {
  const facts = [
    ["Version", html("code", {}, version)],
    ["Trained", html("time", { datetime: trained_at }, day(trained_at))],
    ["Learned from", learnedFrom(data)],
    ["Knows", count(vocabulary.size, "word")],
    ["Endpoint", `${endpoint.kind}, ${spaced(endpoint.status)}`],
  ];
  if (metrics.calibration_error !== undefined) {
    facts.splice(3, 0, ["Calibration", `${percent(metrics.calibration_error, 1)} off on average`]);
  }
  const guess = `of ${data.test ? count(data.test, "held-out text") : "held-out texts"} judged rightly; `
    + `always guessing the larger class: ${percent(metrics.majority, 0)}`;
  return [
    html("p", { class: "figure" }, html("strong", {}, percent(metrics.accuracy, 1)), ` ${guess}.`),
    ...(rollout.length > 1 ? [html("h3", {}, "Two models share the requests"), ...shares(rollout)] : []),
    html("dl", {}, ...facts.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)])),
    ...(behaviour ? [table("How it behaves: failed cases", [], failures(behaviour.failure_rates))] : []),
    ...(sets.length > 1 ? [table("By kind of text", ["texts", "right", "off"], sets.map(figures))] : []),
  ];
}

const failures = (rates) => Object.entries(rates).map(([capability, rate]) => [capability, percent(rate, 1)]);

const figures = (of) =>
  [of.set, of.n.toLocaleString("en"), percent(of.accuracy, 1), percent(of.calibration_error, 1)];

/** Rows of a name and its figures, which `heads` names. */
function table(caption, heads, rows) {
  const row = ([name, ...cells]) => html("tr", {}, html("th", { scope: "row" }, name),
    ...cells.map((cell) => html("td", { class: "number" }, cell)));
  const head = heads.map((name) => html("th", { scope: "col", class: "number" }, name));
  return html("table", {}, html("caption", {}, caption),
    ...(heads.length ? [html("thead", {}, html("tr", {}, html("td"), ...head))] : []),
    html("tbody", {}, ...rows.map(row)));
}

function learnedFrom(data) {
  const parts = [
    data.train && count(data.train, "text"),
    data.unlabelled && `${data.unlabelled.toLocaleString("en")} without labels`,
  ].filter(Boolean);
  return [data.name, parts.join(", and ")].filter(Boolean).join(": ") || "unknown";
}

function candidates([models, serving]) {
  if (!models.length) return [];
  const detail = html("div", { class: "detail" });
  const choose = (candidate) => detail.replaceChildren(...tell(candidate, candidate.version === serving));
  choose(models.find((candidate) => candidate.version === serving) ?? models[0]);
  const chart = historyChart(models, serving, choose);
  return [html("h3", {}, "Candidates so far"), ...(chart ? [chart] : []), detail];
}

const DECIDED = { Approved: "approved", Rejected: "rejected", PendingManualApproval: "waits for a person" };

/** A candidate in words, with what was decided on it and why. */
function tell({ version, metrics, verdict }, serves) {
  const accuracy = metrics ? ` ${percent(metrics.accuracy, 1)},` : "";
  const decided = html("span", { class: `verdict ${verdict.status}` }, DECIDED[verdict.status]);
  return [
    html("p", {}, html("code", {}, version), `:${accuracy} `, decided, serves ? ", serves" : ""),
    html("p", { class: "faint" }, verdict.reasons.join(" ")),
  ];
}

function training(job) {
  const [last] = job.epochs.slice(-1);
  const all = Number(job.hyperparameters.epochs) || 0;
  const so = job.tuning ? tuned(job.tuning) : last ? `Epoch ${last.epoch}: ${percent(last.accuracy, 1)} on validation.`
    : job.reason ?? "No epoch has ended yet.";
  const cost = job.cost_usd_estimate ? `, $${job.cost_usd_estimate.toFixed(2)}` : "";
  const took = job.seconds ? ` After ${Math.max(1, Math.round(job.seconds / 60))} min${cost}.` : "";
  get("job-status").textContent = `${so}${took}`; // announced, since it was there before
  const status = SAID[job.status] ?? `has ended: ${job.status.toLowerCase()}`;
  return [
    html("h3", {}, `A new model ${status}`),
    html("p", { class: "faint" }, html("code", {}, job.job)),
    ...(job.epochs.length ? [jobChart(job.epochs, all)] : []),
  ];
}

/** How far a tuning job is. */
function tuned({ ended, jobs, best }) {
  const accuracy = best?.validation_accuracy;
  return `${ended} of ${count(jobs, "job")} ${ended === 1 ? "has" : "have"} ended.`
    + (accuracy ? ` The best so far: ${percent(accuracy, 1)} on validation.` : "");
}

const day = (time) => new Date(time).toLocaleDateString("en", { year: "numeric", month: "long", day: "numeric" });

/** "InService" → "in service" */
const spaced = (status) => status.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
