/** Takes devices back. As scans of a session it can be undone until a reset has begun; that is for staff. */
import { ApiProblem, post } from "../api/client";
import type { ScanConflict, ScansTaken } from "../api/types";
import { fleet } from "../store/fleet.svelte";

/** Not `randomUUID`: browsers know that over HTTPS only. */
export const randomKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

export class Returns {
  readonly #client = randomKey();
  #session: string | undefined;
  #sequence = 0;

  /** Takes them back; the answer undoes it, and is null where that cannot be. Throws ApiProblem. */
  async take(devices: string[], canUndo: boolean): Promise<(() => Promise<void>) | null> {
    const tags = devices.map((id) => fleet.devices.get(id)?.row.asset_tag ?? "");
    if (!canUndo || !tags.every(Boolean)) {
      await post("/returns", { devices });
      return null;
    }
    const events = tags.map((raw) => this.#event({ kind: "scan", raw }));
    await this.#tell(events, events);
    return () => this.#undo(events);
  }

  async #undo(events: { id: string }[]): Promise<void> {
    await this.#tell(events.map((one) => this.#event({ kind: "undo", about: one.id })), events);
  }

  #event(what: { kind: string; raw?: string; about?: string }): { id: string } {
    return { id: randomKey(), client: this.#client, sequence: this.#sequence++, at: new Date().toISOString(), ...what } as { id: string };
  }

  /** Sends events; throws when the hub could not do what one of those of `about` means. */
  async #tell(events: { id: string }[], about: { id: string }[]): Promise<void> {
    this.#session ??= (await post<{ session: string }>("/scan-sessions", { mode: "in", client_key: this.#client })).session;
    const { session } = await post<ScansTaken>(`/scan-sessions/${this.#session}/events`, { events });
    const ids = new Set([...events, ...about].map((one) => one.id));
    const problem = session.conflicts.find((one) => ids.has(one.event));
    if (problem) throw problemOf(problem);
  }
}

const problemOf = (one: ScanConflict): ApiProblem =>
  new ApiProblem({ type: "about:blank", status: 409, detail: "", errors: [], ...one });
