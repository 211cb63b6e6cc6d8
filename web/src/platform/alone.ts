/**
 * Imported first by a worker that reads hostile bytes. Its answer's own policy lets it reach no
 * server; what pages of the origin say to each other and keep is taken from it here, before any
 * other code of it runs.
 */

function takeAway(from: object, names: readonly string[]): void {
  for (const name of names) {
    // Some stand on the object itself, others on what it inherits from.
    for (let at: object | null = from; at; at = Reflect.getPrototypeOf(at)) {
      Reflect.deleteProperty(at, name);
    }
    if (name in from) throw new TypeError(`${name} cannot be taken away`);
  }
}

takeAway(globalThis, ["BroadcastChannel", "indexedDB", "caches"]);
takeAway(navigator, ["storage", "storageBuckets", "locks", "serviceWorker"]);
