// The verdict on one review: its word, its place on the scale, what qualifies it, and whether it was right.
import { ask } from "./api.js";
import { count, get, html, percent, svg } from "./draw.js";
import { explain } from "./explain.js";

const FOREIGN = 0.4; // share of unknown words; reviews in English stay below 0.15, other languages begin at 0.5
const FEW = 5; // words: of fewer, that share says nothing of the language
const MANY_UNKNOWN = 0.2;
const WORDS = { positive: "Positive", negative: "Negative", unsure: "Hard to say" };

/** Show what the API answered on the text. */
export function show(text, result) {
  const towards = result.decided ? result.sentiment : "unsure";
  get("answer").className = towards;
  get("sentiment").textContent = WORDS[towards];
  get("confidence").textContent = towards === "unsure" ? `leans ${result.sentiment}` : sure(result.confidence);
  get("scale").replaceChildren(scale(result.score, towards));
  const foreign = result.tokens >= FEW && result.unknown >= FOREIGN;
  get("foreign").hidden = !foreign;
  get("degraded").hidden = !result.degraded;
  get("meaning").textContent = foreign ? "" : meaning(result.score);
  get("remarks").textContent = remarks(result, foreign);
  explain(text, result);
  askBack(text, result.sentiment, towards);
  get("answer").hidden = false;
  const qualified = get(foreign ? "foreign" : "meaning").textContent;
  const by = result.degraded ? ` ${get("degraded").textContent}` : "";
  get("announcement").textContent = `${WORDS[towards]}, ${get("confidence").textContent}. ${qualified}${by}`;
}

export const sure = (confidence) => `${confidence > 0.995 ? "more than 99 %" : percent(confidence)} sure`;

/** What the score says, as it is calibrated. */
function meaning(score) {
  const side = score >= 0.5 ? "positive" : "negative";
  const of = Math.round(Math.max(score, 1 - score) * 100);
  return `Of 100 texts with such a score, ${of > 99 ? "more than 99" : `about ${of}`} are ${side}.`;
}

/** From negative to positive: a bar from the middle to the score; between the two cuts it is hard to say. */
function scale(score, towards) {
  const at = (share) => `${share * 100}%`;
  const [from, to] = [Math.min(score, 0.5), Math.max(score, 0.5)];
  return svg("svg", { class: `scale ${towards}`, role: "img", "aria-label": `${percent(score)} positive` },
    svg("rect", { class: "track", x: 0, y: 11, width: "100%", height: 10, rx: 5 }),
    svg("rect", { class: "bar", x: at(from), y: 11, width: at(to - from), height: 10 }),
    ...[0.35, 0.65].map((edge) => svg("line", { class: "edge", x1: at(edge), x2: at(edge), y1: 10, y2: 22 })),
    svg("circle", { class: "knob", cx: at(Math.min(Math.max(score, 0.015), 0.985)), cy: 16, r: 8 }));
}

function remarks({ tokens, unknown, truncated, model }, foreign) {
  return [
    `${count(tokens, "word")} judged by model ${model}.`,
    unknown >= MANY_UNKNOWN && !foreign ? `${percent(unknown)} of them are unknown to it.` : "",
    truncated ? "The text is longer than what the model reads; a part of it was left out." : "",
  ].join(" ");
}

/** "Was this right?", sent as the sentiment that it should have been. */
function askBack(text, sentiment, towards) {
  const other = sentiment === "positive" ? "negative" : "positive";
  const choices = towards === "unsure"
    ? [["It is positive", "positive"], ["It is negative", "negative"]]
    : [["Yes", sentiment], [`No, it is ${other}`, other]];
  const buttons = choices.map(([label, meant]) => {
    const button = html("button", { type: "button" }, label);
    button.addEventListener("click", () => send(text, meant));
    return button;
  });
  get("question").textContent = towards === "unsure" ? "What would you say?" : "Was this right?";
  get("choices").replaceChildren(...buttons);
  get("choices").hidden = false;
  get("thanks").textContent = "Your answer is kept with the review’s text, and may teach a later model.";
}

async function send(text, sentiment) {
  const buttons = [...get("choices").children];
  buttons.forEach((button) => (button.disabled = true));
  try {
    await ask("feedback", { text, sentiment });
    if (!buttons[0].isConnected) return; // another review is shown by now
    get("choices").hidden = true;
    get("thanks").textContent = "Thank you. It is kept, and may teach a later model.";
  } catch (problem) {
    if (!buttons[0].isConnected) return;
    buttons.forEach((button) => (button.disabled = false));
    get("thanks").textContent = `It could not be kept. ${problem.message}`;
  }
}
