// ⟦…⟧ stands where a letter still needs words. Everybody sees it, and nothing is sent while one is left.

export function renderMarker(name: string): string {
  return `⟦${name}⟧`
}

/** What is still to be filled in, in order, each once. A half-deleted marker counts: it was never meant to be sent. */
export function findMarkers(text: string): string[] {
  const found = [...text.matchAll(/⟦([^⟦⟧\n]{0,200})⟧?|⟧/g)]
  return [...new Set(found.map((match) => match[1]?.trim() || match[0]))]
}
