/** The address bar as state: which path and query, and how to go elsewhere without loading the page again. */

let url = $state.raw(new URL(location.href));

/** The path of the screen, without a slash at its end. */
export const path = (): string => url.pathname.replace(/(.)\/+$/, "$1");
/** One value of the query, or null. */
export const query = (name: string): string | null => url.searchParams.get(name);

/** Goes to another screen; `replace` leaves no step in the history. */
export function go(to: string, replace = false): void {
  const target = new URL(to, location.href);
  const samePath = target.pathname === location.pathname; // not the state: whoever goes must not follow it
  history[replace ? "replaceState" : "pushState"]({}, "", target);
  url = target;
  if (!samePath) window.scrollTo(0, 0);
}

/** Changes values of the query in place; null removes one. */
export function setQuery(values: Record<string, string | null>): void {
  const target = new URL(url);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === "") target.searchParams.delete(name);
    else target.searchParams.set(name, value);
  }
  history.replaceState({}, "", target);
  url = target;
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.pathname.startsWith("/api/") || link.getAttribute("href")?.startsWith("#")) return;
  event.preventDefault();
  go(link.href);
}

/** Starts to follow links and the back button. */
export function startRouter(): void {
  document.addEventListener("click", followLink);
  window.addEventListener("popstate", () => (url = new URL(location.href)));
}
