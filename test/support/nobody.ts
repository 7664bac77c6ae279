/** Does something as a user whom permissions bind: root is bound by none. */
export async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  const root = process.getuid!() === 0;
  if (root) process.seteuid!(65_534);
  try {
    return await work();
  } finally {
    if (root) process.seteuid!(0);
  }
}
