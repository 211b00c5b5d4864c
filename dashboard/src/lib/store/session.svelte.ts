/** Who is signed in, and what that person may do. */
import { call, get, post, useCsrf } from "../api/client";
import type { Role, SessionView } from "../api/types";

const SIGNED_IN = "medialab.signed-in";
const ORDER: Role[] = ["guest", "trainer", "staff", "admin"];

class Session {
  view = $state.raw<SessionView | null>(null);

  /** Whether somebody was signed in when this browser was here last; a guess, and no more than that. */
  wasSignedIn(): boolean {
    return localStorage.getItem(SIGNED_IN) === "1";
  }

  /** True when the signed-in person may do what that role may. */
  may(role: Role): boolean {
    return this.view?.role ? ORDER.indexOf(this.view.role) >= ORDER.indexOf(role) : false;
  }

  async load(): Promise<void> {
    this.#take(await get<SessionView>("/session"));
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#take(await post<SessionView>("/session", { name, password }));
  }

  async setUp(body: { token: string; name: string; password: string; centre: string; language: string }): Promise<void> {
    this.#take(await post<SessionView>("/setup", body));
  }

  async signOut(): Promise<void> {
    await call<void>("DELETE", "/session");
    this.end();
  }

  /** The session is over; nothing is asked any more. */
  end(): void {
    if (this.view) this.#take({ ...this.view, authenticated: false, user: null, role: null, csrf: "" });
  }

  #take(view: SessionView): void {
    this.view = view;
    useCsrf(view.csrf);
    localStorage.setItem(SIGNED_IN, view.authenticated ? "1" : "0");
  }
}

export const session = new Session();
