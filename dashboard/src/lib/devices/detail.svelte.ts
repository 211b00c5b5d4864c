/** Everything about one device, read again soon after its row changed. */
import { get } from "../api/client";
import type { DeviceDetail } from "../api/types";

const REREAD_MS = 300;

export class LiveDevice {
  detail = $state.raw<DeviceDetail | null>(null);
  error = $state.raw<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(readonly id: string) {}

  async read(): Promise<void> {
    try {
      const detail = await get<DeviceDetail>(`/devices/${encodeURIComponent(this.id)}`);
      if (!this.#ended) this.detail = detail;
      this.error = null;
    } catch (problem) {
      this.error = problem;
    }
  }

  /** Reads soon; many wishes within a moment are one. */
  soon(): void {
    if (this.#timer !== undefined || this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.read();
    }, REREAD_MS);
  }

  /** Shows what the hub answered to a change. */
  put(detail: DeviceDetail): void {
    this.detail = detail;
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
