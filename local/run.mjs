// What every npm script runs: finds a Python that will do, runs `python -m local COMMAND` below a supervisor that
// leaves nothing behind, and ends as it ends. Kept to plain syntax, so that an old Node gets as far as saying so.
import { spawn, spawnSync } from "child_process";
import { readFileSync } from "fs";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

function fail(sentence) {
  console.error("\n" + sentence);
  process.exit(1);
}

function requireNode(major, minor) {
  const version = process.versions.node.split(".").map(Number);
  if (version[0] < major || (version[0] === major && version[1] < minor)) {
    fail(
      "This needs Node " + major + "." + minor + " or later, and this is Node " + process.versions.node + ". " +
      "Install a current one from https://nodejs.org/ or with: nvm install --lts"
    );
  }
}

// Version, and whether C extensions can be built with it; null where it does not run (a pyenv shim, for example).
function probe(python) {
  const code =
    "import sys, sysconfig, os; print(sys.version_info[0], sys.version_info[1], " +
    "int(os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h'))), sys.executable)";
  const run = spawnSync(python, ["-I", "-c", code], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  if (run.error || run.status !== 0) return null;
  const words = run.stdout.trim().split(" ");
  const minor = Number(words[1]);
  const fits = words[0] === "3" && minor >= 11 && minor <= 13;
  return { version: words[0] + "." + minor, fits: fits, headers: words[2] === "1", path: words.slice(3).join(" ") };
}

function findPython() {
  if (process.env.PYTHON) {
    const chosen = probe(process.env.PYTHON);
    if (!chosen) fail("PYTHON is “" + process.env.PYTHON + "”, which does not run; name a Python 3.11, 3.12 or 3.13.");
    if (!chosen.fits) fail("PYTHON is Python " + chosen.version + "; name a Python 3.11, 3.12 or 3.13.");
    return chosen.path;
  }
  const found = [];
  for (const name of ["python3", "python3.13", "python3.12", "python3.11"]) {
    const python = probe(name);
    if (python && python.fits && python.headers) return python.path;
    if (python) found.push(python);
  }
  const fitting = found.find((python) => python.fits);
  if (fitting) return fitting.path; // what it lacks is said later, with the command that installs it
  fail(
    "This needs Python 3.11, 3.12 or 3.13, and " +
    (found.length ? "found is Python " + found.map((python) => python.version).join(", ") : "there is none") +
    ". Install one with: sudo apt-get install python3 python3-dev python3-venv   (or: sudo dnf install python3-devel)"
  );
}

// [parent, grandparent] of this process. npm may have put a shell in between, which outlives npm.
function ancestors() {
  const parent = process.ppid;
  try {
    const stat = readFileSync("/proc/" + parent + "/stat", "utf8");
    return parent + " " + stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch (error) {
    return parent + " gone";
  }
}

function main() {
  requireNode(20, 19);
  const before = ancestors();
  const supervisor = ["-I", join(here, "supervise.py"), "--grace", "10", "--parent", String(process.pid), "--"];
  const python = findPython();
  const child = spawn(python, supervisor.concat([python, "-m", "local"], process.argv.slice(2)), {
    cwd: root,
    stdio: "inherit",
  });
  child.on("error", (error) => fail(python + " cannot be started: " + error.message));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const watch = setInterval(() => {
    if (ancestors() !== before) child.kill("SIGTERM");
  }, 500);
  child.on("exit", (code, signal) => {
    clearInterval(watch);
    // Ended by a signal, this ends by the same one: npm then adds no complaint of its own.
    const ended = { 129: "SIGHUP", 130: "SIGINT", 143: "SIGTERM" }[code] || signal;
    if (!ended) process.exit(code);
    process.removeAllListeners(ended);
    process.kill(process.pid, ended);
  });
}

main();
