// Small drawings of models: candidates over time, a job's epochs, shares of the requests.
import { html, percent, rove, svg } from "./draw.js";

const WIDTH = 320, HEIGHT = 130, LEFT = 40, BOTTOM = 18, TOP = 10, RIGHT = 10;
const STATUS = [["Approved", "● approved"], ["Rejected", "✕ rejected"], ["Pending", "○ waits for a person"]];

/** Candidates from left to right, by accuracy; null where fewer than two have one. One visited is given to `choose`. */
export function historyChart(models, serving, choose) {
  const measured = models.filter((candidate) => candidate.metrics).reverse();
  if (measured.length < 2) return null;
  const y = axis(measured.map((candidate) => candidate.metrics.accuracy));
  const x = along(measured.length);
  const points = measured.map((candidate, i) => {
    const { version, metrics, verdict } = candidate;
    const serves = version === serving;
    const label = `${version}: ${percent(metrics.accuracy, 1)}, ${verdict.status}${serves ? ", serves" : ""}`;
    const transform = `translate(${x(i)} ${y.at(metrics.accuracy)})`;
    const shape = verdict.approved ? svg("circle", { r: 5 })
      : verdict.status === "Rejected" ? svg("path", { d: "M-4-4 4 4M-4 4 4-4" })
      : svg("circle", { r: 4.5, class: "open" });
    const ring = serves ? [svg("circle", { r: 9, class: "ring" })] : [];
    const target = svg("circle", { r: 12, class: "target" });
    const point = { class: `point ${verdict.status}`, transform, role: "img", "aria-label": label };
    return svg("g", point, target, ...ring, shape);
  });
  const chart = frame("Accuracy of each candidate; arrow keys move between them", y, points);
  rove(chart, points, (i) => choose(measured[i]));
  return html("figure", {}, chart, legend(STATUS));
}

/** Accuracy and loss on validation, epoch by epoch; `all` is how many there will be, 0 where that is unknown. */
export function jobChart(epochs, all) {
  const most = Math.max(all, epochs.length);
  const x = along(most);
  const y = axis(epochs.map((each) => each.accuracy));
  const losses = epochs.map((each) => each.validation_loss ?? each.loss);
  const [least, worst] = [Math.min(...losses), Math.max(...losses)];
  const room = HEIGHT - BOTTOM - TOP;
  const lossAt = (loss) => TOP + room - ((loss - least) / (worst - least || 1)) * room;
  const path = (value) => epochs.map((each, i) => `${i ? "L" : "M"}${x(i)} ${value(each, i)}`).join("");
  const ends = epochs.map((each, i) => svg("circle", { class: "epoch", cx: x(i), cy: y.at(each.accuracy), r: 3 }));
  const said = epochs.map((each) => `epoch ${each.epoch} ${percent(each.accuracy, 1)}`).join(", ");
  const number = (i) => svg("text", { x: x(i), y: HEIGHT - 3, class: "below" }, String(i + 1));
  const chart = frame(`Accuracy on validation: ${said}`, y, [
    svg("path", { class: "loss", d: path((_, i) => lossAt(losses[i])) }),
    svg("path", { class: "accuracy", d: path((each) => y.at(each.accuracy)) }),
    ...ends, number(0), ...(most > 1 ? [number(most - 1)] : []),
  ], "img");
  const lines = [["accuracy", "— accuracy"], ["loss", "┄ loss, from its least to its most"]];
  return html("figure", {}, chart, legend(lines));
}

/** One bar, divided as the requests are. */
export function shares(rollout) {
  let from = 0;
  const parts = rollout.map(({ weight }, i) => {
    const part = svg("rect", { class: `share${i}`, x: `${from * 100}%`, y: 0, width: `${weight * 100}%`, height: 12 });
    from += weight;
    return part;
  });
  const names = rollout.map(({ version, weight }, i) =>
    html("li", { class: `share${i}` }, html("code", {}, version), ` ${percent(weight)}`));
  return [svg("svg", { class: "shares", "aria-hidden": "true" }, ...parts), html("ul", { class: "shares" }, ...names)];
}

/** Two or three round accuracies around the values, and where on the drawing an accuracy is. */
function axis(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((size) => (high - low) / size <= 3) ?? 1;
  const first = Math.floor(low / step - 0.2), last = Math.max(Math.ceil(high / step + 0.2), first + 1);
  const all = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const ticks = all.filter((tick) => tick < 1.0001);
  const [bottom, top] = [ticks[0], ticks.at(-1)];
  const at = (value) => HEIGHT - BOTTOM - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - BOTTOM - TOP);
  return { ticks, at, digits: step < 0.01 ? 1 : 0 };
}

/** Where the i-th of n is from left to right. */
const along = (n) => (i) => LEFT + 12 + (n > 1 ? i / (n - 1) : 0.5) * (WIDTH - LEFT - RIGHT - 24);

function frame(label, y, parts, role = "group") {
  const grid = y.ticks.flatMap((tick) => [
    svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(tick), y2: y.at(tick) }),
    svg("text", { x: LEFT - 6, y: y.at(tick) + 4 }, percent(tick, y.digits)),
  ]);
  const box = { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role, "aria-label": label };
  return svg("svg", box, ...grid, ...parts);
}

const legend = (entries) =>
  html("figcaption", {}, ...entries.map(([name, label]) => html("span", { class: name }, label)));
