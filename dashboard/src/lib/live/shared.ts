/** One stream for all tabs: the tab that holds the lock reads it and tells the others; without locks each reads its own. */
import type { LiveEvent } from "./events";
import { Stream, type LinkState, type Listener } from "./stream";

type Told = { event: LiveEvent } | { state: LinkState } | { ask: true } | { here: true };

const NAME = "medialab-stream";
/** A little longer than the silence after which the leader itself reconnects. */
const FOLLOWER_SILENCE_MS = 25_000;

/** The stream of this tab, own or shared. */
export class SharedStream {
  #channel: BroadcastChannel | null = null;
  #stream: Stream | null = null;
  #release: (() => void) | null = null;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  /** True once another tab was heard; to nobody nothing is told. */
  #others = false;
  #lastId: string | null;
  #state: LinkState = "connecting";

  constructor(
    private readonly listener: Listener,
    lastId: string | null,
  ) {
    this.#lastId = lastId;
    // Locks exist in secure contexts only, so not on plain HTTP in the lab network.
    if (!navigator.locks || typeof BroadcastChannel === "undefined") {
      this.#stream = new Stream(listener, lastId);
      return;
    }
    this.#channel = new BroadcastChannel(NAME);
    this.#channel.onmessage = (message: MessageEvent<Told>) => this.#hear(message.data);
    this.#expectNews();
    this.#channel.postMessage({ ask: true } satisfies Told);
    void navigator.locks.request(NAME, () => this.#lead());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#watchdog);
    this.#stream?.stop();
    this.#channel?.close();
    this.#release?.();
  }

  #lead(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    clearTimeout(this.#watchdog);
    const tell = (told: Told): void => {
      if (this.#others) this.#channel?.postMessage(told);
    };
    const own: Listener = {
      event: (event) => { this.listener.event(event); tell({ event }); },
      state: (state) => { this.#state = state; this.listener.state(state); tell({ state }); },
      signedOut: () => { tell({ state: "lost" }); this.listener.signedOut(); },
    };
    this.#stream = new Stream(own, this.#lastId);
    return new Promise((resolve) => (this.#release = resolve));
  }

  #hear(told: Told): void {
    this.#others = true;
    if ("ask" in told) {
      this.#channel?.postMessage((this.#stream ? { state: this.#state } : { here: true }) satisfies Told);
      return;
    }
    if (this.#stream || "here" in told) return;
    this.#expectNews();
    if ("state" in told) this.listener.state(told.state);
    else {
      if (told.event.id) this.#lastId = told.event.id;
      this.listener.event(told.event);
    }
  }

  #expectNews(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.listener.state("lost"), FOLLOWER_SILENCE_MS);
  }
}
