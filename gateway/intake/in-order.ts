/**
 * Starts `work` for up to `width` items at once and yields the results in the order of the items. The first failure
 * ends it, after everything that had been started has ended, too.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const started: Promise<R>[] = [];
  const begin = (item: T) => {
    const running = work(item);
    // Looked at later; until then a failure is not "unhandled".
    running.catch(() => {});
    started.push(running);
  };
  try {
    for (const item of items) {
      begin(item);
      if (started.length >= width) yield await (started.shift() as Promise<R>);
    }
    while (started.length > 0) yield await (started.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(started);
  }
}
