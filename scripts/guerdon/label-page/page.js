/* global document, window, Blob, URL, setTimeout, SETTINGS */
"use strict";
const { columns, answers, guarded, guard } = { SETTINGS };
const at = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("#answers button")];
let name = "";
let header = [];
let rows = [];
let place = 0;
let saved = true;

/** RFC 4180, commas, with or without a byte order mark. @throws where quotes are broken or a row is not as wide as the first */
function parse(text) {
  const table = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let i = 0; i < source.length; i++) {
    const sign = source[i];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === ",") {
      row.push(cell);
      cell = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && source[i + 1] === "\n") i++;
      table.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += sign;
  }
  if (quoted) throw new Error("a quote is left open");
  if (cell !== "" || row.length > 0) table.push([...row, cell]);
  const wrong = table.findIndex((one) => one.length !== table[0].length);
  if (wrong > 0) throw new Error(`row ${wrong} has ${table[wrong].length} cells, not ${table[0].length}`);
  return table;
}

function plain(cell) {
  return cell.replace(new RegExp(guard, "g"), "$1$2");
}

function written(table) {
  const cellOf = (cell) => `"${cell.replace(new RegExp(guarded, "g"), "$1$2'").replaceAll('"', '""')}"`;
  return `\uFEFF${table.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("")}`;
}

function cell(row, column) {
  return row[header.indexOf(column)];
}

function tell(text) {
  at("status").textContent = text;
}

function load(text, file) {
  const [first, ...rest] = parse(text).map((row) => row.map(plain));
  const missing = columns.find((column) => !(first ?? []).includes(column));
  if (missing !== undefined) throw new Error(`the column ${missing} is missing`);
  if (rest.length === 0) throw new Error("there is no row in it");
  name = file;
  header = first;
  rows = rest;
  saved = true;
  at("work").hidden = false;
  at("save").disabled = false;
  show(Math.max(0, nextOpen(-1)));
}

function show(next) {
  place = Math.min(rows.length - 1, Math.max(0, next));
  const row = rows[place];
  // Always as text: whatever stands in a sheet is shown, never run.
  for (const id of ["statement", "asks", "text"]) at(id).textContent = cell(row, id);
  at("place").textContent = `Question ${place + 1} of ${rows.length}`;
  at("text").scrollTop = 0;
  const given = cell(row, "answer").trim().toLowerCase();
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.answer === given));
  at("previous").disabled = place === 0;
  at("next").disabled = place === rows.length - 1;
  const done = rows.filter((one) => answers.includes(cell(one, "answer").trim().toLowerCase())).length;
  tell(`${done} of ${rows.length} questions have an answer.${saved ? "" : " Not saved yet."}`);
}

function nextOpen(from) {
  return rows.findIndex((row, i) => i > from && cell(row, "answer").trim() === "");
}

function answer(given) {
  if (rows.length === 0) return;
  rows[place][header.indexOf("answer")] = given;
  saved = false;
  show(given === "" ? place : place + 1);
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([written([header, ...rows])], { type: "text/csv" }));
  link.download = name.replace(/(\.csv)?$/i, "-labelled.csv");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  saved = true;
  show(place);
}

at("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file === undefined) return;
  try {
    load(await file.text(), file.name);
  } catch (error) {
    tell(`The sheet cannot be read: ${error.message}.`);
  }
});
at("save").addEventListener("click", save);
at("previous").addEventListener("click", () => show(place - 1));
at("next").addEventListener("click", () => show(place + 1));
at("open").addEventListener("click", () => {
  const open = nextOpen(place);
  show(open < 0 ? Math.max(0, nextOpen(-1)) : open);
});
for (const button of buttons) button.addEventListener("click", () => answer(button.dataset.answer));
document.addEventListener("keydown", (event) => {
  if (rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.target.id === "file") return;
  const keys = {
    1: () => answer("met"),
    2: () => answer("not-met"),
    3: () => answer("insufficient"),
    0: () => answer(""),
    ArrowLeft: () => show(place - 1),
    ArrowRight: () => show(place + 1),
    n: () => at("open").click(),
  };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
window.addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});
