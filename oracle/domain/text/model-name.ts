/** What a model's name may get added by its endpoint: the version's date or number, such as -2026-01-01, -20260101, -0613 or @001. */
const VERSION = /^[-@](?:\d{4}-\d{2}-\d{2}|\d{3,8})$/;

/**
 * Whether the model that answered is the one asked for: the same name, the name with a version, or one of the others allowed. So
 * `gpt-x` is also `gpt-x-2026-01-01`, but neither `gpt-x-mini` nor `gpt-x2`.
 * @param others names that this endpoint gives the model
 */
export function isSameModel(asked: string, returned: string, others: readonly string[] = []): boolean {
  if (returned === asked || others.includes(returned)) return true;
  return returned.startsWith(asked) && VERSION.test(returned.slice(asked.length));
}

/**
 * Family of a model whose family nobody named: the first word of its name, without what stands before a slash. `gpt-x-mini` is of
 * `gpt`, `maker/Llama3:8b` of `llama`.
 */
export function familyOf(model: string): string {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return /^[a-z]+/.exec(name)?.[0] ?? name;
}
