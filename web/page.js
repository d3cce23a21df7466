// The page: what is typed, pasted, clicked or dropped, and what is done with it.
import { insist, notNow } from "./api.js";
import { acceptFiles } from "./batch.js";
import { count, get, html } from "./draw.js";
import { EXAMPLES } from "./examples.js";
import { follow } from "./panel.js";
import { show } from "./verdict.js";

const form = get("form"), text = get("text"), problem = get("problem");
const TIMED_OUT = 504;
let work = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  judge(text.value);
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

/** Ask for the verdict on a review and its reasons; what was asked before is given up. */
async function judge(review) {
  work?.abort();
  const mine = (work = new AbortController());
  form.setAttribute("aria-busy", "true");
  problem.hidden = true;
  get("announcement").textContent = "Judging…"; // so that an equal verdict is announced again
  try {
    const ask = (explain) => insist("sentiment", { text: review, explain }, { signal: mine.signal, waiting });
    const result = await ask(true).catch((error) => {
      if (error.status !== TIMED_OUT) throw error;
      return ask(false); // reasons take longer than the verdict alone
    });
    problem.hidden = true;
    show(review, result);
    get("answer").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (error.name === "AbortError") return;
    get("answer").hidden = true;
    complain(error.message);
  }
  if (work === mine) form.removeAttribute("aria-busy");
}

function waiting(refusal, seconds) {
  get("answer").hidden = true;
  complain(`${notNow(refusal)} This page tries again by itself, in ${count(seconds, "second")}.`, true);
}

function complain(sentence, passing = false) {
  get("announcement").textContent = "";
  problem.textContent = sentence;
  problem.classList.toggle("passing", passing);
  problem.hidden = false;
}

function judgeThis(review) {
  text.value = review;
  form.requestSubmit();
}

for (const [name, review] of Object.entries(EXAMPLES)) {
  const button = html("button", { type: "button" }, name);
  button.addEventListener("click", () => judgeThis(review));
  get("examples").append(html("li", {}, button));
}

acceptFiles(judgeThis);
follow();
