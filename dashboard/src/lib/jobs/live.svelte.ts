/** One job with its steps, kept fresh: read once, read again soon after the stream says that it changed. */
import { get } from "../api/client";
import type { JobDetail } from "../api/types";
import { link } from "../store/link.svelte";

const REREAD_MS = 150;

export class LiveJob {
  detail = $state.raw<JobDetail | null>(null);
  error = $state.raw<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leave: () => void;
  #ended = false;

  constructor(private readonly id: string) {
    this.#leave = link.watchJobs((news) => {
      if (news.id !== id) return;
      const known = this.detail;
      if (known && known.seq <= news.seq) this.detail = { ...known, ...news };
      this.#soon();
    });
    void this.read();
  }

  /** Stops listening. */
  end(): void {
    this.#ended = true;
    this.#leave();
    clearTimeout(this.#timer);
  }

  async read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      const detail = await get<JobDetail>(`/jobs/${encodeURIComponent(this.id)}`);
      if (!this.#ended && (this.detail?.seq ?? -1) <= detail.seq) this.detail = detail;
      this.error = null;
    } catch (problem) {
      this.error = problem;
    }
  }

  #soon(): void {
    if (this.#ended || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.read(), REREAD_MS);
  }
}
