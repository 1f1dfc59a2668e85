// Light or dark: as the system says until somebody chooses. Runs before the page is drawn, so that it does not flash.

const KEY = 'code-execute-theme'
const system = matchMedia('(prefers-color-scheme: dark)')

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function remember(theme: string | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // A browser that stores nothing for this page: the choice holds until it is closed.
  }
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === undefined ? system.matches : theme === 'dark'
}

function choose(dark: boolean): void {
  const theme = dark === system.matches ? undefined : dark ? 'dark' : 'light'
  if (theme === undefined) delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  remember(theme)
}

const before = chosen()
if (before === 'dark' || before === 'light') document.documentElement.dataset.theme = before

addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme')
  const show = () => button?.setAttribute('aria-pressed', String(isDark()))
  button?.addEventListener('click', () => {
    choose(!isDark())
    show()
  })
  system.addEventListener('change', show)
  show()
})
