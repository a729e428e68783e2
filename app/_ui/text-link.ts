/** The look of a link in running text and in tables. */
export const linkClass = 'text-accent underline-offset-2 hover:underline'

/** The main link of a row: its target is the whole row. */
export const rowLinkClass =
  'font-medium text-content underline-offset-2 group-hover:text-accent after:absolute after:inset-0'
