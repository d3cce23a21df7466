const get = (id) => document.getElementById(id);
const form = get("form"), text = get("text"), send = get("send"), answer = get("answer"), problem = get("problem");

// A model that is starting answers 503 and says when to ask again.
const TRIES = 20;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  send.disabled = true;
  problem.hidden = answer.hidden = true;
  try {
    show(await judge(text.value));
  } catch (error) {
    complain(error.message);
  } finally {
    send.disabled = false;
  }
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

async function judge(review) {
  for (let tries = 1; ; tries++) {
    const response = await reach("sentiment", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: review }),
    });
    if (response.ok) {
      problem.hidden = true;
      return response.json();
    }
    const detail = await detailOf(response);
    if (response.status !== 503 || tries === TRIES) throw new Error(detail);
    const seconds = Number(response.headers.get("Retry-After")) || 5;
    complain(`${detail} Trying again in ${seconds} seconds.`);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error("The service cannot be reached. Check your connection and try again.");
  }
}

async function detailOf(response) {
  const otherwise = `The service answered with status ${response.status}. Please try again.`;
  try {
    return (await response.json()).detail ?? otherwise;
  } catch {
    return otherwise;
  }
}

function show(verdict) {
  answer.className = verdict.sentiment;
  get("sentiment").textContent = verdict.sentiment === "positive" ? "Positive" : "Negative";
  get("confidence").textContent = `with ${Math.round(verdict.confidence * 100)} % confidence`;
  get("meter").value = verdict.score;
  get("remarks").textContent = [
    `${verdict.tokens} ${verdict.tokens === 1 ? "word" : "words"} judged by model ${verdict.model}.`,
    verdict.unknown > 0.3 ? `${Math.round(verdict.unknown * 100)} % of them are unknown to it.` : "",
    verdict.truncated ? "The review is longer than what the model reads; its end was left out." : "",
  ].join(" ");
  answer.hidden = false;
}

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = false;
}

async function introduce() {
  const response = await fetch("model");
  if (!response.ok) return;
  const { version, metrics } = await response.json();
  const accuracy = (metrics.accuracy * 100).toFixed(1);
  get("model").textContent = `Model ${version}, ${accuracy} % right on reviews that it had not seen.`;
}

introduce().catch((error) => console.warn("The model could not be asked about.", error));
