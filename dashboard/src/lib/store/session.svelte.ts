/** Who is signed in, and what that person may do. */
import { call, get, post, useCsrf } from "../api/client";
import type { Role, SessionView } from "../api/types";
import { useZone } from "../i18n/time.svelte";
import { rememberSignedIn } from "./remembered";

const ORDER: Role[] = ["guest", "trainer", "staff", "admin"];

class Session {
  view = $state.raw<SessionView | null>(null);

  /** True when the signed-in person may do what that role may. */
  may(role: Role): boolean {
    return this.view?.role ? ORDER.indexOf(this.view.role) >= ORDER.indexOf(role) : false;
  }

  async load(): Promise<void> {
    this.take(await get<SessionView>("/session"));
  }

  async signIn(name: string, password: string): Promise<void> {
    this.take(await post<SessionView>("/session", { name, password }));
  }

  async setUp(body: { token: string; name: string; password: string; centre: string; language: string }): Promise<void> {
    this.take(await post<SessionView>("/setup", body));
  }

  async signOut(): Promise<void> {
    await call<void>("DELETE", "/session");
    this.end();
  }

  /** The session is over; nothing is asked any more. */
  end(): void {
    if (this.view) this.take({ ...this.view, authenticated: false, user: null, name: "", role: null, csrf: "" });
  }

  /** Takes over what an answer says of it. */
  take(view: SessionView): void {
    this.view = view;
    useCsrf(view.csrf);
    useZone(view.timezone);
    rememberSignedIn(view.authenticated);
  }
}

export const session = new Session();
