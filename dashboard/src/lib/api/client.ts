/** One way to the hub: same origin, session cookie, CSRF header, problems as exceptions. */
import { ASKING, takeEarly } from "./early";
import type { Problem } from "./types";

/** The hub said no, or could not be reached (`code` is then `unreachable`). */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
  get code(): string {
    return this.problem.code;
  }
}

let csrf = "";
let onUnauthorized: () => void = () => {};

/** Sets the token that is sent with every change. */
export function useCsrf(token: string): void {
  csrf = token;
}

/** Called when the hub no longer knows the session. */
export function whenSignedOut(handler: () => void): void {
  onUnauthorized = handler;
}

const EMPTY: Problem = {
  type: "about:blank", title: "", status: 0, code: "", detail: "", title_de: "", remedy: "", remedy_de: "", errors: [],
};

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as Partial<Problem>;
    return { ...EMPTY, status: answer.status, code: `http-${answer.status}`, ...body };
  } catch {
    return { ...EMPTY, status: answer.status, code: `http-${answer.status}` };
  }
}

function ask(method: string, path: string, body: unknown): Promise<Response> {
  if (method === "GET") return fetch(`/api/v1${path}`, ASKING);
  const headers: Record<string, string> = { ...ASKING.headers as Record<string, string>, "x-csrf-token": csrf };
  const isBlob = body instanceof Blob;
  if (body !== undefined) headers["content-type"] = isBlob ? body.type : "application/json";
  return fetch(`/api/v1${path}`, { ...ASKING, method, headers, body: isBlob ? body : JSON.stringify(body) });
}

/** Asks the hub. Answers parsed JSON (undefined for 204); throws ApiProblem. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = (method === "GET" && (await takeEarly(path))) || (await ask(method, path, body));
  } catch {
    throw new ApiProblem({ ...EMPTY, code: "unreachable" });
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (answer.status === 401 && path !== "/session") onUnauthorized();
    throw new ApiProblem(problem);
  }
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export const get = <T>(path: string): Promise<T> => call<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body);
export const remove = (path: string): Promise<void> => call<void>("DELETE", path);
