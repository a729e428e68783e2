/** Four posts and two rails: a corral. Drawn in the colour of the text around it. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <g fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round">
        <path d="M7 9v14M13 7v18M19 7v18M25 9v14" />
        <path d="M5 13h22M5 19h22" />
      </g>
    </svg>
  )
}
