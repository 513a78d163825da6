// Stands in for VS Code where logic is tested without it: words, untranslated. Nothing else may be needed; the rest is tested in a real one.

export const l10n = {
  t(message: string, ...values: (string | number | boolean)[]): string {
    return message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));
  },
};
