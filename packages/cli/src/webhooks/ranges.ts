/** The ranges of addresses in a setting, between commas. */
export const readRanges = (text: string | undefined): string[] => (text ?? '').split(',').map((range) => range.trim()).filter((range) => range !== '')
