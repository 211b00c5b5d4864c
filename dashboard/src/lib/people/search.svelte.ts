/** What the hub finds for a few words; only the newest answer counts. */
import { get } from "../api/client";

/** Milliseconds after the last letter. */
const WAIT_MS = 200;
/** So many rows are shown; who looks for another writes more of its name. */
export const MOST = 100;

export class Search<T> {
  found = $state.raw<T[] | null>(null);
  error = $state.raw<unknown>(null);
  #run = 0;
  #wait: ReturnType<typeof setTimeout> | undefined;

  /** `path`: where to ask, with everything but the words. */
  async ask(path: string, words: string): Promise<void> {
    const run = ++this.#run;
    try {
      const found = await get<T[]>(`${path}${path.includes("?") ? "&" : "?"}most=${MOST}&query=${encodeURIComponent(words.trim().slice(0, 120))}`);
      if (run !== this.#run) return;
      this.found = found;
      this.error = null;
    } catch (problem) {
      if (run === this.#run) this.error = problem;
    }
  }

  /** Asks when nobody has typed for a moment. */
  soon(path: string, words: string): void {
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => void this.ask(path, words), WAIT_MS);
  }
}
