/** Where two JSON values first differ, and how: `rounds[1].fee is "5", not "4"`; `null` where they are equal. */
export function firstDifference(found: unknown, expected: unknown, path = ""): string | null {
  if (Object.is(found, expected)) return null;
  if (!isContainer(found) || !isContainer(expected) || Array.isArray(found) !== Array.isArray(expected)) {
    return `${path === "" ? "it" : path} is ${show(found)}, not ${show(expected)}`;
  }
  const [these, those] = [entries(found), entries(expected)];
  for (const key of new Set([...these.keys(), ...those.keys()])) {
    const at = Array.isArray(found) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const difference = firstDifference(these.get(key), those.get(key), at);
    if (difference !== null) return difference;
  }
  return null;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function entries(value: object): Map<string, unknown> {
  return new Map(Object.entries(value));
}

/** A value as it can stand in a sentence; `nothing` where there is none. */
function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
