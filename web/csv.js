// Files of reviews: a text file with one a line, or comma-separated values (RFC 4180; semicolons and tabs, too).

const NAMES = ["text", "review", "reviews", "review_text", "reviewtext", "content", "comment", "body", "sentence"];
const SEPARATORS = [",", ";", "\t"];

/** The reviews in a file's bytes, and in a sentence where they were found. */
export function reviewsIn(name, bytes) {
  const text = decode(bytes);
  if (!/\.[ct]sv$/i.test(name)) {
    return { reviews: text.split(/\r\n?|\n/).filter((line) => line.trim()), found: "one on each line" };
  }
  const rows = parse(text, separatorOf(text)).filter((row) => row.some((cell) => cell.trim()));
  if (!rows.length) return { reviews: [], found: "an empty table" };
  const { column, header } = textColumn(rows);
  const reviews = rows.slice(header ? 1 : 0).map((row) => row[column] ?? "");
  const title = header ? `“${rows[0][column].trim()}”` : `${column + 1} of ${rows[0].length}`;
  return { reviews: reviews.filter((review) => review.trim()), found: `in the column ${title}` };
}

/** UTF-8, or what Windows writes where it is not valid UTF-8. */
function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The separator that the first line has most of, outside quotes. */
function separatorOf(text) {
  const [line] = text.replace(/"(?:[^"]|"")*"/g, "").split(/\r|\n/, 1);
  const uses = (separator) => line.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (uses(separator) > uses(best) ? separator : best));
}

/** Rows of cells. A quoted cell may hold separators, line ends and doubled quotes. */
export function parse(text, separator = ",") {
  const rows = [];
  let row = [], cell = "", quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') cell += text[i++];
    else if (c === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (quoted) cell += c;
    else if (c === separator) endCell();
    else if (c === "\n" || c === "\r") {
      endRow();
      if (c === "\r" && text[i + 1] === "\n") i++;
    } else cell += c;
  }
  if (cell || row.length) endRow();
  return rows;
}

/** The column that is called text, review or the like; else the longest, whose first cell may be its name. */
function textColumn(rows) {
  const named = rows[0].findIndex((cell) => NAMES.includes(cell.trim().toLowerCase()));
  if (named >= 0) return { column: named, header: true };
  const rest = rows.length > 1 ? rows.slice(1) : rows;
  const lengths = rows[0].map((_, i) => rest.reduce((sum, row) => sum + (row[i]?.length ?? 0), 0) / rest.length);
  const column = lengths.indexOf(Math.max(...lengths));
  const first = rows[0][column].trim();
  return { column, header: rows.length > 1 && !/\s.*\s/.test(first) && first.length < lengths[column] / 2 };
}

/** Rows as CSV. A cell that a spreadsheet would take for a formula is quoted with an apostrophe, as OWASP advises. */
export function write(rows) {
  const cell = (value) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}
