/** Keeps one event stream open: reconnects with growing pauses and reopens when nothing was heard for 20 s. */
import { readEvents, type LiveEvent } from "./events";

export type LinkState = "connecting" | "open" | "lost";

/** Where the stream delivers to. */
export interface Listener {
  event(event: LiveEvent): void;
  state(state: LinkState): void;
  /** The session is over. */
  signedOut(): void;
}

const SILENCE_MS = 20_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** What happens within that time comes in one piece: it wakes the page once. */
const GATHER_MS = 50;

/** An open stream; `stop` ends it. */
export class Stream {
  #stopped = false;
  #abort: AbortController | null = null;
  #heardAt = 0;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;

  constructor(
    private readonly listener: Listener,
    private lastId: string | null,
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#watchdog);
    this.#abort?.abort();
  }

  /** One timer that looks when it was heard last: setting one anew for each event would cost as much as the event. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    const left = this.#heardAt + SILENCE_MS - performance.now();
    if (left > 0) this.#watchdog = setTimeout(() => this.#watch(), left);
    else this.#abort?.abort();
  }

  #take(event: LiveEvent): void {
    this.#heardAt = performance.now();
    if (event.id) this.lastId = event.id;
    this.listener.event(event);
  }

  async #connect(): Promise<void> {
    this.#abort = new AbortController();
    this.#heardAt = performance.now();
    this.#watch();
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.lastId) headers["last-event-id"] = this.lastId;
    const answer = await fetch(`/api/v1/stream?gather_ms=${GATHER_MS}`, {
      headers, credentials: "same-origin", cache: "no-store", signal: this.#abort.signal,
    });
    if (answer.status === 401) {
      this.stop();
      this.listener.signedOut();
      return;
    }
    if (!answer.ok || !answer.body) throw new Error(`stream ${answer.status}`);
    this.#pause = FIRST_PAUSE_MS;
    this.listener.state("open");
    await readEvents(answer.body, (event) => this.#take(event));
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#connect();
      } catch {
        // The reason does not matter: whatever ended it, it is opened again.
      }
      if (this.#stopped) return;
      this.listener.state("lost");
      await new Promise((resolve) => setTimeout(resolve, this.#pause));
      this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 1.7);
    }
  }
}
