// What others wrote, as a sentence of its own: it begins with a capital and ends with a mark.
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function sentence(text: string): string {
  const begun = capital(text);
  return begun === '' || /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
