// Asking the API, and asking again where it says "not now".

const PATIENCE = 10 * 60_000; // ms: an endpoint that is starting takes a few minutes
const LONGEST_WAIT = 30; // seconds
const NOT_NOW = [429, 503];

/** An answer other than success: its detail in a sentence, its status (0: there was no answer). */
export class Problem extends Error {
  constructor(detail, status, retryAfter = 0) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The JSON that a route answers: GET without a body, POST with one. Throws Problem, and AbortError when stopped. */
export async function ask(path, body, signal) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...(body && post), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("The service cannot be reached. Check your connection and try again.", 0);
  }
  if (response.ok) return response.json();
  const detail = await response.json().then((problem) => problem.detail, () => null);
  const otherwise = `The service answered with status ${response.status}. Please try again.`;
  throw new Problem(detail ?? otherwise, response.status, Number(response.headers.get("Retry-After")) || 0);
}

/**
 * As `ask`, but while the answer is "not now" it is asked for again: when Retry-After says, or after ever longer waits.
 * `waiting(problem, seconds)` is told before each wait.
 */
export async function insist(path, body, { signal, waiting, patience = PATIENCE } = {}) {
  const until = Date.now() + patience;
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(path, body, signal);
    } catch (problem) {
      if (!NOT_NOW.includes(problem.status) || Date.now() > until) throw problem;
      const seconds = Math.min(problem.retryAfter || 2 ** attempt, LONGEST_WAIT);
      waiting?.(problem, seconds);
      // A little more than asked for, by chance: pages that were refused together do not come back together.
      await pause(seconds * (1 + Math.random() / 4), signal);
    }
  }
}

/** A refusal that will pass, in words for whoever waits. */
export const notNow = ({ status }) =>
  status === 503 ? "The model is starting or away at the moment." : "The service is busy at the moment.";

/** Resolves after so many seconds; rejects with AbortError when stopped. */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
